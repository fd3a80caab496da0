//! What an item file may say, and what is told of one that says it wrongly.

use chrono::NaiveDate;
use proptest::prelude::*;
use treff::content::{Contact, Fields, Importance, Kind, Lane, Minutes, Moment, Visibility};
use treff::forum::{Facet, Language, Term};
use treff::intake::item_file::{SlugFrom, list_warnings, read_item_file};

use super::{at, read, sample_forum};

const LEAST: &str = "kind = \"tip\"\ntitle = \"Et tips\"\nabout = [\"sector:health\"]";

/// The errors of a file called `en-sak.md`, as they are printed.
fn errors(front: &str) -> Vec<String> {
    read("en-sak", front, "").unwrap_err().iter().map(ToString::to_string).collect()
}

/// The errors of the least file with more lines after it: the first of them is line 5.
fn errors_with(more: &str) -> Vec<String> {
    errors(&format!("{LEAST}\n{more}"))
}

#[test]
fn kind_title_and_one_of_audience_and_about_are_all_that_is_needed() {
    let forum = sample_forum();
    let file = read("et-tips", LEAST, "Prøv dette.").unwrap();
    let health = forum.terms.find(&Term::new(Facet::Sector, "health")).unwrap();
    assert_eq!((file.slug.as_str(), file.language), ("et-tips", Language::Nb));
    assert_eq!((file.text.title.as_str(), file.text.body.as_str()), ("Et tips", "Prøv dette."));
    let shared = file.shared;
    assert_eq!((shared.kind, shared.audience, shared.about), (Kind::Tip, None, vec![health]));
    assert_eq!((shared.interested, shared.visibility), (true, Visibility::Forum));
    assert_eq!((shared.importance, shared.lane), (Importance::Normal, Lane::Digest));
    assert_eq!((shared.release_at, shared.expires_at, shared.source), (None, None, None));
    assert_eq!((shared.contact, shared.fields), (None, Fields::Plain));
    let chosen = read("en-sak", "kind = \"tip\"\ntitle = \"T\"\naudience = \"all\"", "").unwrap();
    assert_eq!(chosen.shared.about, vec![]);
    assert!(chosen.shared.audience.is_some());
}

#[test]
fn minutes_are_read_with_everything_that_they_may_say() {
    let forum = sample_forum();
    let file = read(
        "referat",
        r#"
        slug = "referat-helse"
        kind = "minutes"
        title = " Referat 12. mars "
        language = "nn"
        audience = "group:health/leader or role:decision-maker"
        about = ["sector:health", "group:health", "sector:health"]
        interested = false
        visibility = "only:health"
        importance = "required"
        lane = "urgent"
        release_at = 2027-03-13T08:00:00+01:00
        expires_at = 2027-04-30
        source = "nav"
        contact = "Kari Nes <Kari@Example.test>, 900 00 000"
        group = "health"
        met_on = "2027-03-12"
        achieved = "Tolv plasser."
        how = """
        Ved å ringe
        alle."""
        next = "Ring igjen."
        why = " "
        "#,
        "Tekst.",
    )
    .unwrap();
    let group = forum.terms.find(&Term::new(Facet::Group, "health")).unwrap();
    assert_eq!((file.slug.as_str(), file.language), ("referat-helse", Language::Nn));
    assert_eq!(file.text.title, "Referat 12. mars");
    assert_eq!(
        file.text.minutes,
        Minutes {
            achieved: Some("Tolv plasser.".into()),
            how: Some("Ved å ringe\n        alle.".into()),
            next: Some("Ring igjen.".into()),
            why: None,
        }
    );
    let shared = &file.shared;
    let written = shared.audience.as_ref().unwrap().written(&forum.terms);
    assert_eq!(written, "group:health/leader or role:decision-maker");
    assert_eq!(shared.about.len(), 2);
    assert!(!shared.interested);
    assert_eq!(shared.visibility, Visibility::Only(group));
    assert_eq!((shared.importance, shared.lane), (Importance::Required, Lane::Urgent));
    assert_eq!(shared.release_at, Some(at("2027-03-13T07:00:00Z")));
    assert_eq!(shared.expires_at, Some(at("2027-04-30T22:00:00Z")));
    assert_eq!(forum.terms.term(shared.source.unwrap()).to_string(), "org:nav");
    let (email, phone) = (Some("kari@example.test".into()), Some("900 00 000".into()));
    assert_eq!(shared.contact, Some(Contact { name: "Kari Nes".into(), email, phone }));
    let met_on = NaiveDate::from_ymd_opt(2027, 3, 12);
    assert_eq!(shared.fields, Fields::Minutes { group: Some(group), met_on, promises: Vec::new() });
    assert_eq!(list_warnings(&file), ["referat.md: the minutes lack an answer: why"]);
}

#[test]
fn events_requests_and_calls_have_their_own_dates() {
    let day = |text: &str| text.parse().ok();
    let event = read(
        "samling",
        "kind = \"event\"\ntitle = \"Samling\"\naudience = \"all\"\nstarts_at = 2027-05-03T09:00:00\n\
         ends_at = \"2027-05-03\"\nplace = \"Fylkeshuset\"\nregistration_url = \"https://forum.example/a?b=c\"\n\
         gathering = true",
        "",
    )
    .unwrap();
    assert_eq!(event.text.place.as_deref(), Some("Fylkeshuset"));
    assert_eq!(
        event.shared.fields,
        Fields::Event {
            starts_at: Some(Moment::exact(at("2027-05-03T07:00:00Z"))),
            ends_at: Some(Moment { at: at("2027-05-03T22:00:00Z"), day: day("2027-05-03") }),
            registration_url: Some("https://forum.example/a?b=c".into()),
            gathering: true,
            changed: Default::default(),
        }
    );
    let ends = Some(Moment { at: at("2027-03-28T22:00:00Z"), day: day("2027-03-28") });
    for (kind, key, fields) in [
        ("request", "wanted_by", Fields::Request { wanted_by: ends }),
        ("call", "deadline", Fields::Call { deadline: ends }),
    ] {
        let front = format!("kind = \"{kind}\"\ntitle = \"T\"\naudience = \"all\"\n{key} = 2027-03-28");
        assert_eq!(read("en-sak", &front, "").unwrap().shared.fields, fields);
    }
}

#[test]
fn a_title_holds_nothing_that_turns_the_direction_of_writing() {
    let front = "kind = \"tip\"\ntitle = \"Referat\u{202e} 12.\u{2069}\"\naudience = \"all\"";
    assert_eq!(read("en-sak", front, "").unwrap().text.title, "Referat 12.");
}

#[test]
fn what_is_missing_or_too_long_is_told_at_once() {
    assert_eq!(
        errors("language = \"nb\""),
        [
            "en-sak.md:1: kind is missing; it is one of minutes, event, research, article, experience, tip, request, call",
            "en-sak.md:1: title is missing; write the headline, such as title = \"Referat 12. mars\"",
            "en-sak.md:1: neither audience nor about is given; say who gets it or what it is about",
        ]
    );
    assert_eq!(
        errors("kind = \"tip\"\ntitle = \"  \"\nabout = []"),
        [
            "en-sak.md:1: neither audience nor about is given; say who gets it or what it is about",
            "en-sak.md:3: title is missing; write the headline, such as title = \"Referat 12. mars\"",
        ]
    );
    let front = format!("kind = \"tip\"\ntitle = \"{}\"\naudience = \"all\"", "ø".repeat(201));
    assert!(read("en-sak", &front, "").is_ok(), "it may stand already");
}

#[test]
fn unknown_keys_and_words_are_told_with_line_and_nearest() {
    assert_eq!(
        errors_with("tittel = \"x\"\nvisibilty = \"forum\"\nzzzzzzzzzzzz = 1")[..2],
        [
            "en-sak.md:5: unknown key \"tittel\"; the nearest known key is title",
            "en-sak.md:6: unknown key \"visibilty\"; the nearest known key is visibility",
        ]
    );
    assert_eq!(
        errors("kind = \"minute\"\ntitle = \"T\"\nabout = [\n  \"sector:health\",\n  \"sector:helth\",\n]"),
        [
            "en-sak.md:2: unknown kind \"minute\"; the kinds are minutes, event, research, article, experience, \
             tip, request, call; the nearest is minutes",
            "en-sak.md:6: about: unknown term \"sector:helth\"; the nearest known term is sector:health",
        ]
    );
    assert_eq!(
        errors_with(
            "visibility = \"group:heath\"\nimportance = \"requird\"\nlane = \"digestt\"\nlanguage = \"de\"\n\
             source = \"nva\"\naudience = \"group:helth\""
        ),
        [
            "en-sak.md:5: visibility \"group:heath\" names an unknown group; the nearest is health",
            "en-sak.md:6: unknown importance \"requird\"; it is required, normal, background; the nearest is required",
            "en-sak.md:7: unknown lane \"digestt\"; it is digest, urgent; the nearest is digest",
            "en-sak.md:8: unknown language \"de\"; the languages are nb, nn and en",
            "en-sak.md:9: unknown organisation \"nva\" as source; the nearest known one is nav",
            "en-sak.md:10: audience, column 1: unknown term \"group:helth\"; the nearest known term is group:health",
        ]
    );
    assert_eq!(
        errors_with("visibility = \"publc\""),
        ["en-sak.md:5: unknown visibility \"publc\"; it is public, forum, group:<slug> or only:<slug>; \
          the nearest is public"]
    );
    assert_eq!(
        errors("kind = \"tip\"\ntitle = \"T\"\nabout = [\"group:health/leader\"]"),
        ["en-sak.md:4: about: \"group:health/leader\" has a position; positions stand only in audiences; \
          write group:health"]
    );
}

#[test]
fn fields_of_another_kind_are_refused() {
    assert_eq!(
        errors(
            "kind = \"event\"\ntitle = \"T\"\naudience = \"all\"\ndeadline = 2027-03-01\nachieved = \"x\""
        ),
        [
            "en-sak.md:5: deadline belongs to call, not to event; take it away or change kind",
            "en-sak.md:6: achieved belongs to minutes, not to event; take it away or change kind",
        ]
    );
}

#[test]
fn impossible_dates_are_refused() {
    let remedy = "write it as 2027-03-13T08:00:00+01:00 or 2027-03-13";
    assert_eq!(
        errors_with("release_at = \"2027-02-31\"\nexpires_at = \"2027-03-28T02:30:00\""),
        [
            format!("en-sak.md:5: release_at: there is no day 2027-02-31; {remedy}"),
            "en-sak.md:6: expires_at: there is no 2027-03-28T02:30:00 in Europe/Oslo: the clocks go forward then; \
             write another time, or one with its offset"
                .to_owned(),
        ]
    );
    assert_eq!(
        errors_with("release_at = 08:00:00\nexpires_at = 12"),
        [
            format!("en-sak.md:5: release_at: \"08:00:00\" names no day; {remedy}"),
            "en-sak.md:6: expires_at must be a date such as 2027-03-13T08:00:00+01:00 or 2027-03-13, not a number"
                .to_owned(),
        ]
    );
    let unquoted = errors_with("release_at = 2027-02-31");
    assert_eq!(unquoted.len(), 1);
    assert!(unquoted[0].starts_with("en-sak.md:5: "), "{unquoted:?}");
}

#[test]
fn dates_in_the_wrong_order_are_refused() {
    assert_eq!(
        errors_with("release_at = 2027-03-02\nexpires_at = 2027-03-01"),
        ["en-sak.md:6: expires_at does not lie after release_at; nobody would ever get it"]
    );
    assert_eq!(
        errors(
            "kind = \"event\"\ntitle = \"T\"\naudience = \"all\"\nends_at = 2027-05-03T08:00:00\nstarts_at = 2027-05-03T09:00:00"
        ),
        ["en-sak.md:5: ends_at lies before starts_at"]
    );
    let event = |starts_at: &str, ends_at: &str| {
        let times = format!("starts_at = {starts_at}\nends_at = {ends_at}");
        read("en-sak", &format!("kind = \"event\"\ntitle = \"T\"\naudience = \"all\"\n{times}"), "").is_ok()
    };
    assert!(!event("2027-05-03", "2027-05-02"), "the day before ends where the day begins");
    assert!(!event("2027-05-03T00:00:00", "2027-05-02"));
    for (starts_at, ends_at) in [
        ("2027-05-03", "2027-05-03"),
        ("2027-05-03T09:00:00", "2027-05-03"),
        ("2027-05-03T09:00:00", "2027-05-03T09:00:00"),
    ] {
        assert!(event(starts_at, ends_at), "{starts_at} to {ends_at}");
    }
}

#[test]
fn a_slug_that_is_none_is_refused_with_a_suggestion() {
    assert_eq!(
        read("Møte på Vik", LEAST, "").unwrap_err()[0].to_string(),
        "Møte på Vik.md:1: the file's name \"Møte på Vik\" has more than lower-case ASCII letters, digits and \
         hyphens; write slug = \"mote-pa-vik\""
    );
    assert_eq!(
        errors_with("slug = \"Helse!\""),
        ["en-sak.md:5: slug \"Helse!\" has more than lower-case ASCII letters, digits and hyphens; \
          write slug = \"helse\""]
    );
    assert_eq!(
        errors_with("slug = \"\""),
        ["en-sak.md:5: slug is empty; leave it out to take the file's name"]
    );
}

#[test]
fn values_of_the_wrong_type_are_refused() {
    assert_eq!(
        errors(
            "kind = 1\ntitle = [\"T\"]\nabout = \"sector:health\"\ninterested = \"false\"\ncontact = true"
        ),
        [
            "en-sak.md:2: kind must be text in quotes, not a number",
            "en-sak.md:3: title must be text in quotes, not a list",
            "en-sak.md:4: about must be a list such as [\"sector:health\"], not a text",
            "en-sak.md:5: interested must be true or false, without quotes, not a text",
            "en-sak.md:6: contact must be text in quotes, not true or false",
        ]
    );
    assert_eq!(
        errors("kind = \"tip\"\ntitle = \"a\\nb\"\nabout = [1, \"sector:health\"]"),
        [
            "en-sak.md:3: title must be one line of text",
            "en-sak.md:4: about must be a list of texts in quotes, but holds a number",
        ]
    );
}

#[test]
fn a_registration_address_must_be_http() {
    for url in
        ["javascript:alert(1)", "ftp://a.example", "https://", "https://a b", "forum.example", "https://x@y/"]
    {
        let front =
            format!("kind = \"event\"\ntitle = \"T\"\naudience = \"all\"\nregistration_url = \"{url}\"");
        assert_eq!(
            errors(&front),
            [format!(
                "en-sak.md:5: registration_url \"{url}\" is no web address; write such as https://forum.example/samling"
            )]
        );
    }
}

#[test]
fn an_event_without_a_beginning_is_warned_of() {
    let file = read("samling", "kind = \"event\"\ntitle = \"T\"\naudience = \"all\"", "").unwrap();
    let told = "samling.md: the event lacks starts_at: letters show no date and no calendar file";
    assert_eq!(list_warnings(&file), [told]);
}

#[test]
fn a_link_behind_a_login_is_warned_of() {
    let body = "Se [planen](https://Elvheim.sharepoint.com/x) og https://forum.example/y.";
    assert_eq!(
        list_warnings(&read("et-tips", LEAST, body).unwrap()),
        [
            "et-tips.md: a link to elvheim.sharepoint.com may ask for a login; see that everyone who gets it can open it"
        ]
    );
}

/// Pieces that item files are made of, and some that break them.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "+++\n",
        "+++",
        "kind = \"tip\"\n",
        "kind = \"event\"\n",
        "title = \"T\"\n",
        "about = [\"sector:health\"]\n",
        "audience = \"(all\"\n",
        "starts_at = 2027-03-28T02:30:00\n",
        "ends_at = \"9999-12-31\"\n",
        "ends_at = 9999-12-31T23:59:59-23:59\n",
        "release_at = \"0000-01-01\"\n",
        "contact = \"<>\"\n",
        "x.y = 1\n",
        "[table]\n",
        "\"\"\"",
        "'",
        "\\",
        "=",
        "\r\n",
        "\r",
        "\u{feff}",
        "æ",
        "2027-02-29",
        "slug = \"Å\"\n",
        "[[",
        "{",
        "registration_url = \"https://\"\n",
        "met_on = 1\n",
        "language = \"\"\n",
    ];
    prop_oneof![4 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

#[test]
fn a_key_that_was_never_closed_is_named_in_one_line() {
    let told = errors("=kind = \"tip\"\n[[\"\"\"");
    assert!(told.iter().any(|error| error.contains("stands there twice")), "{told:?}");
    assert!(told.iter().all(|error| !error.contains('\n')), "{told:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_the_reader_fall_over_and_every_error_names_a_line(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            proptest::collection::vec(piece(), 0..20).prop_map(|pieces| pieces.concat().into_bytes()),
            proptest::collection::vec(piece(), 0..20)
                .prop_map(|pieces| format!("+++\n{}\n+++\nx", pieces.concat()).into_bytes()),
        ]
    ) {
        let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
        match read_item_file("sak.md", SlugFrom::Stem("sak"), &bytes, &sample_forum()) {
            Ok(file) => prop_assert_eq!(file.slug.is_empty(), false),
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!((1..=lines).contains(&error.line), "{error} of {lines} lines");
                    prop_assert!(!error.message.is_empty() && !error.message.contains('\n'), "{error}");
                }
            }
        }
    }
}
