//! Where somebody was looked for: "kari.nes wasn't found at example.test" names a person and a host.

use super::flat::bare;

/// Behind these stands where it was looked for, not what: "in our domain".
#[rustfmt::skip]
pub(super) const PREPOSITIONS: &[&str] = &[
    "in", "at", "on", "by", "from", "within", "i", "på", "hos", "im", "am", "bei", "beim", "auf", "dans", "sur", "en", "em",
    "no", "na", "nel", "op", "bij", "w", "v", "в", "на",
];

/// Between whom it is said of and what is said.
const VERBS: &[&str] = &[
    "er", "is", "är", "ist", "est", "var", "was", "ble", "blei", "blev", "vart", "wurde", "konnte", "kunne",
    "kunde",
];

/// Takes such words from the end of some.
pub(super) fn pop_verbs(words: &mut Vec<&str>) {
    while words.pop_if(|word| VERBS.contains(word)).is_some() {}
}

/// The host that two words name as a place: "at example.test".
pub(super) fn place_of<'t>(pair: &[&'t str]) -> Option<&'t str> {
    pair.last().copied().filter(|host| is_host(host) && PREPOSITIONS.contains(&pair[0]))
}

/// The same, taken from the end of some words.
pub(super) fn pop_place<'t>(words: &mut Vec<&'t str>) -> Option<&'t str> {
    let place = words.windows(2).last().and_then(place_of)?;
    words.truncate(words.len() - 2);
    Some(place)
}

/// Last labels of hosts, as they stand in no name.
const TOP_LEVELS: &[&str] = &[
    "com", "net", "org", "edu", "gov", "info", "eu", "int", "no", "se", "dk", "fi", "is", "de", "nl", "fr",
    "uk", "test", "example",
];

/// Whether a word with dots is somebody's name at a host, and no host of its own: "kari.nes" of "example.test".
pub(super) fn is_name_at(word: &str, host: &str) -> bool {
    let labels = |name: &'_ str| -> Vec<String> { bare(name).split('.').map(str::to_owned).collect() };
    let (name, host) = (labels(word), labels(host));
    !name.iter().any(|label| host.contains(label))
        && name.last().is_some_and(|last| !TOP_LEVELS.contains(&last.as_str()))
}

/// Whether a word is the name of a host: `example.test`.
pub(super) fn is_host(word: &str) -> bool {
    let name = bare(word);
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    name.contains('.') && name.split('.').all(is_label) && name.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_dots_is_no_host() {
        for (word, host) in
            [("kari.nes", "example.test"), ("kari.anne.nes", "example.test."), ("k.nes", "mx.example.test")]
        {
            assert!(is_name_at(word, host), "{word} {host}");
        }
        for (word, host) in [
            ("mx.example.test", "ns.example.test"),
            ("example.org", "ns.example.test"),
            ("mail.example", "example.test"),
        ] {
            assert!(!is_name_at(word, host), "{word} {host}");
        }
    }

    #[test]
    fn a_place_is_a_host_behind_a_preposition() {
        let mut words = vec!["kari.nes", "wurde", "in", "example.test"];
        assert_eq!(pop_place(&mut words), Some("example.test"));
        pop_verbs(&mut words);
        assert_eq!(words, ["kari.nes"]);
        assert_eq!(pop_place(&mut words), None);
        assert_eq!(place_of(&["of", "example.test"]), None);
    }
}
