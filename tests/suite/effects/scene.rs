//! A group with goals and with minutes, and a lead who composes a page of them.

use crate::access::reader::Reader;
use crate::harness::Database;
use crate::pages::world::{Answer, Pages};
use crate::queue::desk::{form, pages_of, place};

pub const COMPOSE: &str = "/desk/effects";
pub const PREVIEW: &str = "/desk/effects/preview";
pub const TAKE_BACK: &str = "/desk/effects/take-back";

/// The rights of who sends, and nothing beside.
pub const SENDER: &str = r#"["send"]"#;

/// The group for health with a goal that is reached and one that is not.
pub async fn pages_with_goals(db: Database) -> Pages {
    let pages = pages_of(db).await;
    for sql in [
        "INSERT INTO goal (group_id, goal, sign, reached_on, written_by, written_at)
         VALUES (104, 'Ti læreplasser', 'Ti avtaler', '2027-02-10', 'command', 0)",
        "INSERT INTO goal (group_id, goal, written_by, written_at) VALUES (104, 'Felles plan', 'command', 1)",
    ] {
        pages.run(sql).await;
    }
    pages
}

/// Minutes of the group for health that come out now; the key of the item.
pub async fn hand_in(lead: &mut Reader<'_>, visibility: &str, met_on: &str, answers: (&str, &str)) -> String {
    let minutes = [
        ("title", format!("Referat {met_on}")),
        ("kind", "minutes".to_owned()),
        ("group", "health".to_owned()),
        ("met_on", met_on.to_owned()),
        ("audience", "group:health".to_owned()),
        ("visibility", visibility.to_owned()),
        ("achieved", answers.0.to_owned()),
        ("how", answers.1.to_owned()),
        ("looked_over", "yes".to_owned()),
        ("do", "queue".to_owned()),
    ];
    let pairs: Vec<(&str, &str)> = minutes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    place(&lead.post("/desk/items/new", &form(&pairs)).await);
    lead.pages.text("SELECT CAST(MAX(id) AS TEXT) FROM item").await
}

/// What the composing form says, with these lines besides.
pub fn composed(span: &str, introduction: &str, more: &[(&str, &str)]) -> String {
    let own = [("span", span), ("introduction", introduction), ("language", "nb"), ("connections", "yes")];
    form(&[own.as_slice(), more].concat())
}

/// Both goals, ticked: the only rows that there are.
pub const GOALS: [(&str, &str); 2] = [("goal", "1"), ("goal", "2")];

/// Composes a page of both goals and one gain in its own words and publishes it, whatever has to be ticked.
pub async fn publish(lead: &mut Reader<'_>, item: &str) -> Answer {
    let said = composed(
        "this_year",
        "Slik gikk det.",
        &[GOALS.as_slice(), &[("gain", item), ("shown", item)]].concat(),
    );
    place(&lead.fill_in(COMPOSE, COMPOSE, &said).await);
    lead.fill_in(PREVIEW, PREVIEW, "looked_over=yes&group_alone=yes").await
}
