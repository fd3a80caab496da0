//! Three languages, complete: the same words in each, the same gaps to fill, and each its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// Words that bokmål has and nynorsk has not.
const BOKMAAL_ONLY: &str = "ikke jeg hva hvor hvordan hvorfor hvem hvilke hvilken hvilket noen noe mye fra dere deres hun uke uker \
    måned måneder dager brevene være mottaker mottakere leder ledere velg velger åpne åpen åpner åpnet gjør gjøre kommer \
    kommet følger nå bare flere mer selv egen eget egne en et hver hvert hele uten trenger skriver sier vet ligger lagret \
    sendes vises finnes gjelder allerede ennå navn forening fagforening gruppen organisasjoner arrangementer hendelse ansvarlig \
    mulig vanlig daglig vært dem sammen venter svarer ble skjul skjuler velges brukes slettes kalles heter leser \
    ønsker begynner slutter nettsted nettsider lenken adressen siden forumets forrige mangler glemt glemme \
    innlogget enheten opplysninger opplysningene rettigheter vedleggene tilgjengelighet tilgjengelig fikk hvis innen igjennom \
    utgave utgaver begynte";

/// Words that nynorsk has and bokmål has not.
const NYNORSK_ONLY: &str = "ikkje eg kva kven kvar kvifor korleis berre frå noko nokon nokre fleire meir sjølv utan veke veker \
    månad månader dagar breva vere mottakar mottakarar leiar følgjer gøym gøymer ein eit dei kvart heile treng seier veit ligg \
    lagra finst gjeld enno namn foreining saman blei vart høyrer sjå kjem saka vala temaa nettstad \
    vidare innan medan difor dersom sidan trekkje";

/// Words of bokmål and nynorsk that stood beside another for the same thing: `temaer` for `tema`, `fjern` for `ta bort`.
const SECOND_WORDS: &str = "temaer fjern fjerne fjerner fjernet fjernar fjerna";

/// Words that are English and neither.
const ENGLISH_ONLY: &str = "the and your you with letter letters item items page pages not from of this that have when what which \
    where click settings cookies event events topic topics save undo search sign-up unsubscribe please here they";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locale")
}

/// Every file of words without its language and ending: `page/access`, `notice`, and "" for the letters'.
fn list_families() -> BTreeSet<String> {
    let mut families = BTreeSet::new();
    for (folder, before) in [(folder(), ""), (folder().join("page"), "page/")] {
        for entry in std::fs::read_dir(folder).expect("words") {
            let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
            if let Some(stem) = name.strip_suffix("nb.toml") {
                families.insert(format!("{before}{stem}"));
            }
        }
    }
    families
}

/// The words of a file, by their path in it.
fn read_words(family: &str, language: &str) -> BTreeMap<String, String> {
    let path = folder().join(format!("{family}{language}.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut words = BTreeMap::new();
    collect("", &Value::Table(text.parse::<Table>().expect("TOML")), &mut words);
    words
}

fn collect(at: &str, value: &Value, words: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            words.insert(at.to_owned(), text.clone());
        }
        Value::Table(table) => {
            table.iter().for_each(|(key, value)| collect(&format!("{at}.{key}"), value, words))
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, value)| collect(&format!("{at}.{n}"), value, words));
        }
        _ => {}
    }
}

/// The `{gaps}` of a text.
fn list_gaps(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(gap, _)| gap)).collect()
}

/// The plain words of a text, in lower case, its gaps left out.
fn list_words(text: &str) -> BTreeSet<String> {
    let mut plain = String::new();
    let mut depth = 0;
    for c in text.chars() {
        depth += i32::from(c == '{');
        if depth == 0 {
            plain.push(c);
        }
        depth -= i32::from(c == '}');
    }
    // Addresses and what stands in English quotation are no words of the language.
    let said = plain.split_whitespace().filter(|word| !word.contains("://") && !word.contains('@'));
    let parts = said.flat_map(|word| word.split(|c: char| !c.is_alphabetic() && c != '-'));
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// What is typed at a terminal is of no language: «treff item export».
fn without_commands(text: &str) -> String {
    let parts = text.split("«treff ").enumerate();
    parts
        .map(|(at, part)| if at == 0 { part } else { part.split_once('»').map_or("", |(_, rest)| rest) })
        .collect()
}

fn find_strangers(language: &str, strange: &str) -> Vec<String> {
    let strange: BTreeSet<&str> = strange.split_whitespace().collect();
    let mut found = Vec::new();
    for family in list_families() {
        for (at, text) in read_words(&family, language) {
            for word in list_words(&without_commands(&text)) {
                if strange.contains(word.as_str()) {
                    found.push(format!("{family}{language}.toml{at}: \"{word}\" in \"{text}\""));
                }
            }
        }
    }
    found
}

#[test]
fn each_language_has_every_word_with_the_same_gaps() {
    let mut breaches = Vec::new();
    for family in list_families() {
        let norwegian = read_words(&family, "nb");
        for language in ["nn", "en"] {
            let other = read_words(&family, language);
            let missing = norwegian.keys().filter(|at| !other.contains_key(*at));
            breaches.extend(missing.map(|at| format!("{family}{language}.toml lacks {at}")));
            let more = other.keys().filter(|at| !norwegian.contains_key(*at));
            breaches.extend(more.map(|at| format!("{family}nb.toml lacks {at}")));
            for (at, text) in norwegian.iter().filter_map(|(at, text)| Some((at, (text, other.get(at)?)))) {
                if list_gaps(text.0) != list_gaps(text.1) {
                    breaches.push(format!(
                        "{family}{language}.toml{at} fills other gaps: {} / {}",
                        text.0, text.1
                    ));
                }
                if text.1.trim().is_empty() != text.0.trim().is_empty() {
                    breaches.push(format!("{family}{language}.toml{at} is empty"));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn what_is_counted_has_a_singular_and_a_plural() {
    for language in ["nb", "nn", "en"] {
        for family in list_families() {
            let words = read_words(&family, language);
            let has_plural = |stem: &str, one: &str| {
                let like = |at: &String| at.as_str() != one && at.starts_with(stem);
                words.iter().any(|(at, text)| like(at) && list_gaps(text).contains("count"))
            };
            for at in words.keys() {
                if let Some(stem) = at.strip_suffix("_one") {
                    assert!(has_plural(stem, at), "{family}{language}.toml has {at} and no plural");
                }
                if let Some(stem) = at.strip_suffix(".one") {
                    assert!(
                        words.contains_key(&format!("{stem}.other")),
                        "{family}{language}.toml{stem} has no plural"
                    );
                }
            }
        }
    }
}

#[test]
fn nynorsk_is_nynorsk() {
    let found = find_strangers("nn", BOKMAAL_ONLY);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn bokmaal_is_bokmaal() {
    let found = find_strangers("nb", NYNORSK_ONLY);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_english_word_is_left_in_norwegian() {
    let found = [find_strangers("nb", ENGLISH_ONLY), find_strangers("nn", ENGLISH_ONLY)].concat();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn one_thing_has_one_word_in_norwegian() {
    let found = [find_strangers("nb", SECOND_WORDS), find_strangers("nn", SECOND_WORDS)].concat();
    assert!(found.is_empty(), "{}", found.join("\n"));
    for language in ["nb", "nn"] {
        for family in list_families() {
            for (at, text) in read_words(&family, language) {
                // As the letters that people know say it: "Meld av".
                assert!(!text.contains("Meld deg av"), "{family}{language}.toml{at}: {text}");
            }
        }
    }
}

#[test]
fn english_has_its_own_quotation_marks_and_apostrophes() {
    for family in list_families() {
        for (at, text) in read_words(&family, "en") {
            assert!(!text.contains(['\'', '"']), "{family}en.toml{at} has a typewriter's mark: {text}");
        }
    }
}

/// To a template `none` is nothing at all, whatever a component was given under that name.
#[test]
fn no_words_are_given_to_a_component_under_a_name_that_means_nothing() {
    for entry in std::fs::read_dir(folder().with_file_name("components")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for head in text.lines().filter(|line| line.starts_with("{% component ")) {
            let parameters = head.split_once('(').map_or("", |(_, rest)| rest);
            for parameter in parameters.split(',') {
                let name = parameter.split([':', '=', ')']).next().unwrap_or_default().trim();
                assert!(!["none", "None", "null"].contains(&name), "{}: {head}", path.display());
            }
        }
    }
}
