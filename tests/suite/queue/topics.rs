//! Topics are suggested by what the text names and by what like items were about.

use treff::content::Item;
use treff::forum::{Facet, Forum, Language, Term, TermIx};
use treff::intake::item_form::ItemForm;
use treff::intake::item_queue::imagine_item;
use treff::intake::suggest::{Shelf, suggest_group};

use crate::items::sample_forum;

fn sector(forum: &Forum, slug: &str) -> TermIx {
    forum.terms.find(&Term::new(Facet::Sector, slug)).unwrap()
}

fn past(forum: &Forum, title: &str, about: &str) -> Item {
    let about = format!("sector:{about}");
    let form = ItemForm::of([("title", title), ("kind", "tip"), ("about", about.as_str())]);
    imagine_item(&form.read("sak", forum).unwrap(), "2027-03-08T08:00:00Z".parse().unwrap())
}

#[test]
fn a_name_in_the_text_and_like_items_speak_for_a_topic() {
    let forum = sample_forum();
    let [health, process] = ["health", "process"].map(|slug| sector(&forum, slug));
    let items = [
        past(&forum, "Åtte nattvakter har tatt fagbrev", "health"),
        past(&forum, "Nattvakt og fagbrev: slik gjorde de det", "health"),
        past(&forum, "Operatører ved smelteverket får opplæring", "process"),
        past(&forum, "Ny truck til lageret", "industry"),
    ];
    let shelf = Shelf::gather(&items);
    let suggest = |title: &str, body: &str| shelf.suggest(&forum, Language::Nb, title, body);
    let found = suggest("Flere fagbrev på nattvakt", "");
    assert_eq!((found.topics, found.similar), (vec![health], 2));
    assert_eq!(suggest("Opplæring av operatører", "Ved smelteverket").topics, [process]);
    assert_eq!(suggest("Om health", "").topics, [health], "the name of the sector in this forum");
    assert_eq!(suggest("Noe helt annet", "om ingenting").topics, Vec::<TermIx>::new());
    assert_eq!(Shelf::gather(&[]).suggest(&forum, Language::Nb, "Fagbrev", "").topics, Vec::<TermIx>::new());
}

#[test]
fn minutes_are_of_the_group_that_the_title_names() {
    let forum = sample_forum();
    let group =
        |title: &str| suggest_group(&forum, Language::Nb, title).map(|ix| forum.terms.term(ix).slug.clone());
    assert_eq!(group("Referat fra health-night 12. mars").as_deref(), Some("health-night"));
    assert_eq!(group("Referat fra steering"), Some("steering".to_owned()));
    assert_eq!(group("Referat"), None);
}
