//! What the lead reads of what readers say.

use serde_json::json;

use crate::on_both_engines;
use crate::treff::Treff;

on_both_engines! {
    async fn the_lead_reads_sums_of_five_and_words_for_colleagues(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let rows: String = (1..=5).map(|n| format!("p{n}@example.test\n")).collect();
        let people = treff.write("people.csv", format!("epost\n{rows}"));
        treff.run(&["people", "import", &people]).done();
        let tip = treff.write("tips.md", "+++\nkind = \"tip\"\ntitle = \"Tips\"\naudience = \"all\"\n+++\n");
        treff.run(&["item", "add", &tip]).done();
        let none = treff.run(&["item", "said", "tips"]).done().json;
        assert_eq!(none, json!({"item": "tips", "not_for_me": null, "for_colleagues": 0, "colleagues": []}));
        let mut tx = treff.database.store.begin().await.unwrap();
        for sql in [
            "INSERT INTO tap (recipient_id, item_id, answer, tapped_at) SELECT r.id, i.id, 'not_for_me', 1 FROM recipient r, item i",
            "INSERT INTO passed_on (recipient_id, item_id, colleague, said_at)
             SELECT r.id, i.id, CASE WHEN r.email = 'p1@example.test' THEN 'Per i plan' END, r.id FROM recipient r, item i
             WHERE r.email IN ('p1@example.test', 'p2@example.test')",
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let said = treff.run(&["item", "said", "tips"]).done().json;
        assert_eq!(said, json!({"item": "tips", "not_for_me": 5, "for_colleagues": 2, "colleagues": ["Per i plan"]}));
        assert_eq!(treff.run(&["item", "said", "borte"]).code, 2);
    }
}
