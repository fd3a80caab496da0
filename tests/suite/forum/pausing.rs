//! The forum's pause, and an edition that is run by hand in it.

use serde_json::json;

use crate::on_both_engines;
use crate::treff::Treff;

on_both_engines! {
    async fn an_edition_that_is_run_by_hand_in_the_pause_says_so(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let told = |cadence: &str| format!(
            "the forum pauses from 2027-07-05 to 2027-08-06: nothing but urgent letters goes out by itself in these \
             days, and this {cadence} edition is run by hand"
        );
        let run = |cadence: &str, at: &str| {
            treff.run(&["edition", "run", cadence, "--at", at]).done().json["warnings"].clone()
        };
        assert_eq!(run("weekly", "2027-07-04T23:59:59+02:00"), json!([]));
        assert_eq!(run("weekly", "2027-07-05T00:00:00+02:00"), json!([told("weekly")]));
        assert_eq!(run("urgent", "2027-07-20T12:00:00+02:00"), json!([]));
        assert_eq!(run("daily", "2027-08-06T23:59:59+02:00"), json!([told("daily")]));
        assert_eq!(run("daily", "2027-08-07T00:00:00+02:00"), json!([]));
        let args = ["edition", "run", "daily", "--at", "2027-07-20T12:00:00+02:00"];
        assert_eq!(treff.run_for_people(&args).done().stderr, format!("treff: {}\n", told("daily")));
    }
}
