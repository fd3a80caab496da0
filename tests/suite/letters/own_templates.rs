//! An operator's own templates: what is allowed, and how a mistake is told before anything is sent.

use std::path::PathBuf;

use tempfile::TempDir;
use treff::letter::{Letters, TemplateError};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("letter")).unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join("letter").join(name), text).unwrap();
    }
    dir
}

/// The error of loading one own template, with its file's name alone.
fn error_of(name: &str, text: &str) -> (String, Option<(usize, usize)>, String) {
    let dir = folder(&[(name, text)]);
    let TemplateError { file, place, message } = Letters::load(Some(dir.path())).unwrap_err();
    let path = PathBuf::from(file);
    assert_eq!(path, dir.path().join("letter").join(name));
    (path.file_name().unwrap().to_string_lossy().into_owned(), place, message)
}

#[test]
fn an_own_template_takes_the_built_in_ones_place() {
    let dir = folder(&[("carried.txt", "Snart: {{ read_now }}\n")]);
    assert!(Letters::load(Some(dir.path())).is_ok());
}

#[test]
fn a_folder_without_letters_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Letters::load(Some(dir.path())).is_ok());
}

#[test]
fn a_variable_that_is_not_there_is_told_with_line_and_column() {
    let (file, place, message) = error_of("carried.txt", "Kommer\n  {{ neste }}\n");
    assert_eq!((file.as_str(), place), ("carried.txt", Some((2, 6))));
    assert_eq!(message, "Variable `neste` is not defined. Available variables: read_now, words");
}

#[test]
fn a_mistake_in_syntax_is_told_with_line_and_column() {
    let (_, place, message) = error_of("carried.html", "a\n{% if %}");
    assert_eq!(place, Some((2, 7)));
    let expected = "integer, float, string, bool, ident, `-`, `not`, `<`, `{`, `[` or `(`";
    assert_eq!(message, format!("Found `%}}` but expected one of: {expected}"));
}

#[test]
fn an_unknown_filter_is_told_with_line_and_column() {
    let (_, place, message) = error_of("carried.txt", "\n\n{{ read_now | shout }}");
    assert_eq!(place, Some((3, 15)));
    assert_eq!(message, "Unknown filter `shout`");
}

#[test]
fn a_file_that_no_template_is_called_is_refused() {
    let (_, place, message) = error_of("kort.html", "x");
    assert_eq!(place, None);
    let names = [
        "card.html",
        "card.txt",
        "carried.html",
        "carried.txt",
        "carried_title.html",
        "carried_title.txt",
        "frame.html",
        "frame.txt",
        "handover.html",
        "handover.txt",
        "introduction.html",
        "introduction.txt",
        "parts.html",
    ];
    let names = names.map(|name| format!("letter/{name}")).join(", ");
    assert_eq!(message, format!("is no template of treff; the names are {names}"));
}

#[test]
fn a_frame_without_unsubscribe_or_sender_and_a_card_without_reason_are_refused() {
    let lacks = |what: &str| format!("leaves out {what}; every letter must hold it, so put it in");
    let (_, _, message) = error_of("frame.txt", "{{ forum_name }}{{ slots.cards }}");
    assert_eq!(message, lacks("{{ links.unsubscribe }}"));
    let (_, _, message) = error_of("frame.html", "{{ links.unsubscribe }}{{ slots.cards }}");
    assert_eq!(message, lacks("{{ forum_name }}, the sender"));
    let (_, _, message) = error_of("card.html", "{{ title }}{{ links.item }}");
    assert_eq!(message, lacks("{{ why }}, the reason"));
    let twice = "{{ links.unsubscribe }}{{ forum_name }}{{ slots.cards }}{{ slots.cards }}";
    let (_, _, message) = error_of("frame.html", twice);
    assert_eq!(message, "holds {{ slots.cards }} more than once; the items stand in one place");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    let (outside, dir) = (tempfile::NamedTempFile::new().unwrap(), folder(&[]));
    std::os::unix::fs::symlink(outside.path(), dir.path().join("letter/card.txt")).unwrap();
    let error = Letters::load(Some(dir.path())).unwrap_err();
    assert_eq!(error.message, "leads out of the folder of templates; copy the file into it");
}
