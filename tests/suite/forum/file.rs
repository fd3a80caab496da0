use chrono::NaiveDate;
use treff::forum::{Cadence, GroupKind, Language, Names, PauseDays};
use treff::intake::forum_file::read_forum_file;
use unicode_normalization::UnicodeNormalization as _;

use crate::treff::FORUM;

fn errors(text: &str) -> Vec<String> {
    read_forum_file("f", text).expect_err("the file is wrong")
}

/// The smallest file with `more` after it.
fn small(more: &str) -> String {
    format!("name = \"F\"\ntime_zone = \"Europe/Oslo\"\n[cadence]\nweekly = \"0 0 7 * * Mon\"\n{more}")
}

#[test]
fn the_file_of_the_design_is_read() {
    let file = read_forum_file("f", FORUM).unwrap();
    assert_eq!(file.settings.language, Language::Nb);
    let pause = PauseDays {
        first: NaiveDate::from_ymd_opt(2027, 7, 5).unwrap(),
        last: NaiveDate::from_ymd_opt(2027, 8, 6).unwrap(),
    };
    assert_eq!(file.settings.pause, [pause]);
    assert_eq!(file.settings.cadences[&Cadence::Weekly].0, "0 30 7 * * Mon");
    let terms: Vec<String> = file.terms.iter().map(|t| t.term.to_string()).collect();
    assert_eq!(
        terms,
        [
            "role:decision-maker",
            "role:shop-steward",
            "group:health",
            "group:health-night",
            "sector:health",
            "sector:industry",
            "sector:process"
        ]
    );
    let night = &file.terms[3];
    assert_eq!(night.kind, Some(GroupKind::Adhoc));
    assert_eq!(night.parent.as_deref(), Some("health"));
    assert_eq!(night.names, Names::one(Language::Nb, "Nattvaktprosjektet"));
    assert_eq!(file.warnings, Vec::<String>::new());
}

#[test]
fn a_name_is_the_same_in_letters_of_one_character_or_of_two() {
    let text = small("[[role]]\nslug = \"r\"\nname = { nb = \"Rådgiver\" }\n");
    let decomposed: String = text.nfd().collect();
    assert_ne!(decomposed, text);
    assert_eq!(read_forum_file("f", &decomposed), read_forum_file("f", &text));
}

#[test]
fn name_and_cadence_suffice() {
    let file = read_forum_file("f", &small("")).unwrap();
    assert_eq!(file.settings.slug, "f");
    assert!(file.terms.is_empty());
    assert_eq!(file.settings.holidays, None);
}

#[test]
fn what_must_be_there_is_asked_for() {
    assert_eq!(
        errors(""),
        [
            "f:1: the file needs name, such as name = \"Kompetanseforum Nordfjella\"",
            "f:1: the file needs [cadence], such as weekly = \"0 30 7 * * Mon\""
        ]
    );
    assert_eq!(
        errors(&small("[[group]]\n")),
        [
            "f:5: [[group]] needs slug, such as slug = \"health\"",
            "f:5: [[group]] needs name, such as name = { nb = \"Helse\" }",
            "f:5: [[group]] needs kind, such as kind = \"competence\"",
        ]
    );
}

#[test]
fn what_is_no_toml_is_told_with_the_key_and_what_to_do() {
    let twice = small("[[sector]]\nslug = \"a\"\nslug = \"b\"\n");
    assert_eq!(errors(&twice), ["f:7: slug stands on line 6 already; keep one of them"]);
    let tables = small("[letter]\n[letter]\n");
    assert_eq!(errors(&tables), ["f:6: letter stands on line 5 already; keep one of them"]);
    assert_eq!(
        errors(&small("[[sector]]\nslug = \"a\n"))[0],
        "f:6: a text in quotation marks is not closed; write \" at its end"
    );
    assert_eq!(
        errors(&small("daily = \"0 30 24 * * Mon\"\n")),
        ["f:5: daily: \"0 30 24 * * Mon\" is no cron expression: hours are 0 to 23; \"24\" does not fit"]
    );
}

#[test]
fn unknown_words_are_told_with_the_nearest_known() {
    let text = small(
        "[[sector]]\nslug = \"health\"\nnaem = { nb = \"H\" }\nname = { no = \"H\" }\n\
         [[group]]\nslug = \"g\"\nkind = \"competance\"\nname = { nb = \"G\" }\nsectors = [\"helth\"]\nparent = \"gg\"\n",
    );
    assert_eq!(
        errors(&text),
        [
            "f:7: unknown key in [[sector]] \"naem\"; the nearest is \"name\"",
            "f:8: unknown language \"no\"; the nearest is \"nb\"",
            "f:11: unknown kind of group \"competance\"; the nearest is \"competence\"",
            "f:13: unknown sector \"helth\"; the nearest is \"health\"",
            "f:14: unknown parent group \"gg\"; there are no other groups",
        ]
    );
    let text = "name = \"F\"\ntime_zone = \"Europe/Osol\"\nholidays = \"SE\"\n[cadence]\nweekley = \"0 0 7 * * Mon\"\ngathering = \"x\"\n";
    assert_eq!(
        errors(text),
        [
            "f:2: unknown time zone \"Europe/Osol\"; the nearest is \"Europe/Oslo\"",
            "f:3: unknown calendar of holidays \"SE\"; write \"NO\", or take holidays away",
            "f:5: unknown key in [cadence] \"weekley\"; the nearest is \"weekly\"",
            "f:6: gathering takes no times: it follows the events that are marked so",
        ]
    );
}

#[test]
fn slugs_are_lower_case_ascii_and_stand_once() {
    let role = |slug: &str| format!("[[role]]\nslug = \"{slug}\"\nname = {{ nb = \"R\" }}\n");
    assert_eq!(
        errors(&small(&(role("Lærer") + &role("a") + &role("a")))),
        [
            "f:6: \"Lærer\" is no slug: write lower-case letters a to z, digits, - and _, such as \"laerer\"",
            "f:12: a [[role]] with the slug \"a\" stands on line 9 already",
        ]
    );
}

#[test]
fn a_tree_that_closes_a_circle_is_refused() {
    let sector = |slug: &str, parent: &str| {
        format!("[[sector]]\nslug = \"{slug}\"\nparent = \"{parent}\"\nname = {{ nb = \"S\" }}\n")
    };
    assert_eq!(
        errors(&small(&(sector("a", "b") + &sector("b", "a") + &sector("c", "a") + &sector("d", "d")))),
        [
            "f:7: \"a\" lies under itself: follow its parents and you are back",
            "f:11: \"b\" lies under itself: follow its parents and you are back",
            "f:19: \"d\" lies under itself: follow its parents and you are back",
        ]
    );
}

#[test]
fn spans_of_days_are_checked() {
    let with = |pause: &str| format!("pause = {pause}\n{}", small(""));
    assert_eq!(
        errors(&with("[\"2027-08-06/2027-07-05\"]")),
        ["f:1: \"2027-08-06/2027-07-05\" ends before it begins"]
    );
    assert_eq!(
        errors(&with("[\"2027-02-30/2027-03-01\"]")),
        [
            "f:1: \"2027-02-30/2027-03-01\": \"2027-02-30\" is no day; write FIRST/LAST, such as \"2027-07-05/2027-08-06\""
        ]
    );
    assert_eq!(
        errors(&with("\"2027-07-05\"")),
        ["f:1: pause must be a list such as [\"2027-07-05/2027-08-06\"], not a text"]
    );
}

#[test]
fn values_of_the_wrong_type_are_told_with_their_line() {
    let text = "name = 3\nlanguage = \"se\"\ncap = \"7\"\ncadence = \"x\"\nsector = \"health\"\n";
    assert_eq!(
        errors(text),
        [
            "f:1: name must be a text in quotes, not a number",
            "f:2: unknown language \"se\"; the languages are nb, nn and en",
            "f:3: cap must be a whole number from 1 to 100, not a text",
            "f:4: [cadence] must be a table, not a text",
            "f:5: sector must be written [[sector]], once for each",
        ]
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let errors = errors("name = \"F\"\n[cadence\nweekly = \"0 0 7 * * Mon\"\n");
    assert!(errors[0].starts_with("f:2: "), "{errors:?}");
}
