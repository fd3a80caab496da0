//! A filled-in form is read as an item file is; what is wrong is told by its field.

use proptest::prelude::*;
use treff::content::{Fields, Importance, Visibility};
use treff::forum::{Kind, Language};
use treff::intake::item_form::ItemForm;

use crate::items::sample_forum;

fn now() -> chrono::DateTime<chrono::Utc> {
    "2027-03-08T08:00:00Z".parse().unwrap()
}

fn errors(pairs: &[(&str, &str)]) -> Vec<String> {
    let errors = ItemForm::of(pairs.iter().copied()).read("sak", &sample_forum()).unwrap_err();
    errors.into_iter().map(|error| error.field).collect()
}

#[test]
fn an_event_in_two_languages_becomes_one_item() {
    let form = ItemForm::of([
        ("title", "Samling om helse"),
        ("body", "Velkommen.\r\n+++\r\nVi starter presis."),
        ("link", "https://forum.example/samling"),
        ("kind", "event"),
        ("language", "nb"),
        ("audience", "group:health/leader or all"),
        ("about", "sector:health"),
        ("about", "sector:health"),
        ("about", ""),
        ("starts_on", "2027-04-08"),
        ("starts_time", "09:00"),
        ("ends_time", "15:00"),
        ("place", "Steinvik"),
        ("title_nn", "Samling om helse, nynorsk"),
        ("place_nn", "Steinvik rådhus"),
        ("achieved", "not for events"),
        ("contact_name", "Kari Nes"),
        ("contact_email", "kari@example.test"),
        ("contact_phone", "900 00 000"),
        ("importance", "required"),
        ("visibility", "group:health"),
        ("unknown", "x"),
    ]);
    let files = form.read("samling", &sample_forum()).unwrap();
    assert_eq!(files.len(), 2);
    let (first, second) = (&files[0], &files[1]);
    assert_eq!(
        (first.slug.as_str(), first.language, first.shared.kind),
        ("samling", Language::Nb, Kind::Event)
    );
    assert_eq!(first.text.body, "Velkommen.\n+++\nVi starter presis.\n\n<https://forum.example/samling>");
    assert_eq!((second.language, second.text.title.as_str()), (Language::Nn, "Samling om helse, nynorsk"));
    assert_eq!(second.text.place.as_deref(), Some("Steinvik rådhus"));
    assert_eq!(first.shared, second.shared);
    let Fields::Event { starts_at, ends_at, .. } = &first.shared.fields else { panic!("no event") };
    assert_eq!(starts_at.unwrap().at.to_rfc3339(), "2027-04-08T07:00:00+00:00");
    assert_eq!(ends_at.unwrap().at.to_rfc3339(), "2027-04-08T13:00:00+00:00");
    let contact = first.shared.contact.clone().unwrap();
    assert_eq!((contact.name.as_str(), contact.phone.as_deref()), ("Kari Nes", Some("900 00 000")));
    assert_eq!(first.shared.importance, Importance::Required);
    assert!(matches!(first.shared.visibility, Visibility::Group(_)));
    assert_eq!(first.shared.about.len(), 1);
}

#[test]
fn what_is_wrong_is_told_by_its_field() {
    let whole = [("title", "Sak"), ("kind", "tip"), ("audience", "all")];
    let with = |pair: (&'static str, &'static str)| errors(&[whole.as_slice(), &[pair]].concat());
    assert_eq!(errors(&[]), ["title", "audience"]);
    assert_eq!(errors(&[("title", "Sak"), ("kind", "event"), ("audience", "all")]), ["starts_on"]);
    assert_eq!(with(("audience", "group:helth")), ["audience"]);
    assert_eq!(with(("about", "sector:helth")), ["about"]);
    assert_eq!(with(("contact_email", "kari")), ["contact_email"]);
    assert_eq!(with(("contact_name", "Kari <kari@example.test>, Per <per@example.test>")), ["contact_name"]);
    assert_eq!(with(("expires_on", "31.02.2027")), ["expires_on"]);
    assert_eq!(with(("release_time", "09:00")), ["release_on"]);
    assert_eq!(with(("body_nn", "Tekst")), ["title_nn"]);
    assert_eq!(with(("visibility", "group:ukjent")), ["visibility"]);
    let event = [("title", "Sak"), ("kind", "event"), ("audience", "all"), ("starts_on", "2027-04-08")];
    let with = |pair: (&'static str, &'static str)| errors(&[event.as_slice(), &[pair]].concat());
    assert_eq!(with(("ends_on", "2027-04-06")), ["ends_on"]);
    assert_eq!(with(("registration_url", "javascript:alert(1)")), ["registration_url"]);
}

proptest! {
    /// Whatever is typed into a line or an answer, it is that text and never a key of its own.
    #[test]
    fn nothing_typed_breaks_out_of_its_field(text in "[\\PC\n\t\"\\\\'#=\\[\\]+]{1,60}") {
        prop_assume!(!text.trim().is_empty());
        let form = ItemForm::of([("title", text.as_str()), ("achieved", &text), ("body", &text), ("kind", "minutes"), ("audience", "all")]);
        let files = form.read("sak", &sample_forum()).unwrap();
        prop_assert_eq!(files.len(), 1);
        prop_assert_eq!(files[0].text.minutes.achieved.as_deref(), Some(form.get("achieved").trim()));
        let one_line = form.get("title").trim().replace(['\n', '\t'], " ");
        prop_assert_eq!(&files[0].text.title, &one_line);
        prop_assert!(files[0].shared.expires_at.is_none());
    }
}

#[test]
fn the_form_of_an_item_makes_the_item_again() {
    let forum = sample_forum();
    let event = ItemForm::of([
        ("title", "Samling"),
        ("body", "Velkommen."),
        ("kind", "event"),
        ("audience", "group:health and not org:nav"),
        ("about", "sector:health"),
        ("starts_on", "2027-04-08"),
        ("starts_time", "09:00"),
        ("ends_on", "2027-04-09"),
        ("place", "Steinvik"),
        ("place_nn", "Steinvik rådhus"),
        ("title_nn", "Samling"),
        ("gathering", "yes"),
        ("expires_on", "2027-05-01"),
        ("release_on", "2027-03-20"),
        ("release_time", "08:30"),
        ("contact_name", "Kari Nes"),
        ("contact_email", "kari@example.test"),
        ("interested", "no"),
        ("visibility", "only:health"),
        ("lane", "urgent"),
    ]);
    let call = ItemForm::of([
        ("title", "Midler"),
        ("kind", "call"),
        ("audience", "all"),
        ("deadline", "2027-03-28"),
    ]);
    let minutes = ItemForm::of([
        ("title", "Referat"),
        ("kind", "minutes"),
        ("audience", "group:health"),
        ("group", "health"),
        ("met_on", "2027-03-12"),
        ("achieved", "En ting.\n\nOg en til."),
    ]);
    for form in [event, call, minutes] {
        let files = form.read("sak", &forum).unwrap();
        let item = treff::intake::item_queue::imagine_item(&files, now());
        let again = ItemForm::of_item(&item, &forum, now()).read("sak", &forum).unwrap();
        assert_eq!(again.len(), files.len());
        for (again, file) in again.iter().zip(&files) {
            assert_eq!(
                (&again.text, &again.shared, again.language),
                (&file.text, &file.shared, file.language)
            );
        }
    }
}
