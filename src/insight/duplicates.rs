//! Who may stand there twice: pairs of people that look like one. Pure, and never everybody against everybody: only people
//! who share a key are compared, and a key that very many share says nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::forum::{TermIx, to_ascii};
use crate::ids::RecipientId;

/// A key that more than so many people share is left alone: a shared mailbox's name, a common first name.
const MOST_OF_A_KEY: usize = 60;
/// So many pairs are found at most, the surest first.
pub const MOST_PAIRS: usize = 500;
/// From here on two names are very like (Jaro-Winkler).
const VERY_LIKE: f64 = 0.94;

/// Somebody, as far as it is looked at.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// Who.
    pub id: RecipientId,
    /// May be empty.
    pub name: &'a str,
    /// Where letters go.
    pub email: &'a str,
    /// Where they work and the groups in which they have a place.
    pub places: Vec<TermIx>,
}

/// Why two look like one, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The addresses differ by dots, by what follows a plus, or by their domain alone, and so may the names.
    Address,
    /// The same name, and they share an organisation or a group.
    Name,
    /// Very like names, and they share an organisation or a group.
    NearName,
}

/// Two who may be one, the lower id first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Why.
    pub because: Likeness,
    /// The one.
    pub one: RecipientId,
    /// The other.
    pub other: RecipientId,
}

/// Pairs that may be one person, without those that somebody said are two.
pub fn list_pairs(people: &[Candidate<'_>], apart: &BTreeSet<(RecipientId, RecipientId)>) -> Vec<Pair> {
    let folded: Vec<Folded> = people.iter().map(fold).collect();
    let mut found = Found { people, apart, pairs: BTreeMap::new() };
    for (because, keys) in [
        (Likeness::Address, keys_of(&folded, |person, _| person.addresses.clone())),
        (Likeness::Name, keys_of(&folded, |person, at| with_places(&people[at], &person.name))),
    ] {
        for sharing in few(&keys) {
            each_pair(sharing, |a, b| {
                if because != Likeness::Address || may_be_one(&folded[a], &folded[b]) {
                    found.add(because, a, b);
                }
            });
        }
    }
    let near = keys_of(&folded, |person, at| {
        let words = person.words.iter().flat_map(|word| with_places(&people[at], word));
        words.collect()
    });
    for sharing in few(&near) {
        each_pair(sharing, |a, b| {
            let (one, other) = (&folded[a].name, &folded[b].name);
            if one != other && strsim::jaro_winkler(one, other) >= VERY_LIKE {
                found.add(Likeness::NearName, a, b);
            }
        });
    }
    let mut pairs: Vec<Pair> =
        found.pairs.into_iter().map(|((one, other), because)| Pair { because, one, other }).collect();
    pairs.sort_unstable();
    pairs.truncate(MOST_PAIRS);
    pairs
}

struct Found<'a> {
    people: &'a [Candidate<'a>],
    apart: &'a BTreeSet<(RecipientId, RecipientId)>,
    pairs: BTreeMap<(RecipientId, RecipientId), Likeness>,
}

impl Found<'_> {
    fn add(&mut self, because: Likeness, a: usize, b: usize) {
        let (a, b) = (self.people[a].id, self.people[b].id);
        let pair = if a < b { (a, b) } else { (b, a) };
        if !self.apart.contains(&pair) {
            self.pairs.entry(pair).and_modify(|known| *known = (*known).min(because)).or_insert(because);
        }
    }
}

/// Somebody as they are compared.
struct Folded {
    /// In ASCII and lower case, the words by the alphabet; empty if there is none.
    name: String,
    /// The words of three letters and more.
    words: Vec<String>,
    /// Keys of the address.
    addresses: Vec<String>,
}

fn fold(person: &Candidate<'_>) -> Folded {
    let ascii = to_ascii(person.name).to_lowercase();
    let mut words: Vec<&str> =
        ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.sort_unstable();
    let name = if words.len() > 1 { words.join(" ") } else { String::new() };
    let long = words.iter().filter(|word| word.len() > 2).map(|word| (*word).to_owned());
    Folded { name, words: long.collect(), addresses: keys_of_address(person.email) }
}

/// The part before the at sign, without dots and what follows a plus: once with its domain, once with the name alone of
/// the house that the domain stands for (`vik` of `vik.kommune.example`), if that part looks like a person's name.
fn keys_of_address(email: &str) -> Vec<String> {
    let lower = email.to_lowercase();
    let Some((local, domain)) = lower.rsplit_once('@') else { return Vec::new() };
    let plain = local.split('+').next().unwrap_or(local);
    let bare: String = plain.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
    let mut keys = vec![format!("{bare}@{domain}")];
    if plain.contains(['.', '-', '_']) && bare.len() >= 6 {
        keys.push(bare);
    }
    keys
}

/// Two with alike addresses who have names that have nothing in common are two.
fn may_be_one(a: &Folded, b: &Folded) -> bool {
    a.words.is_empty() || b.words.is_empty() || a.words.iter().any(|word| b.words.contains(word))
}

fn with_places(person: &Candidate<'_>, word: &str) -> Vec<String> {
    if word.is_empty() {
        return Vec::new();
    }
    person.places.iter().map(|place| format!("{} {word}", place.index())).collect()
}

fn keys_of(people: &[Folded], keys: impl Fn(&Folded, usize) -> Vec<String>) -> HashMap<String, Vec<usize>> {
    let mut sharing: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, person) in people.iter().enumerate() {
        for key in keys(person, at) {
            sharing.entry(key).or_default().push(at);
        }
    }
    sharing
}

fn few(keys: &HashMap<String, Vec<usize>>) -> impl Iterator<Item = &Vec<usize>> {
    keys.values().filter(|sharing| (2..=MOST_OF_A_KEY).contains(&sharing.len()))
}

fn each_pair(sharing: &[usize], mut look: impl FnMut(usize, usize)) {
    for (nth, a) in sharing.iter().enumerate() {
        for b in sharing[nth + 1..].iter().filter(|b| *b != a) {
            look(*a, *b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forum::{Facet, Names, Term, Terms};

    fn places() -> (TermIx, TermIx) {
        let mut terms = Terms::default();
        let one = terms.add(Term::new(Facet::Org, "vik"), Names::default());
        (one, terms.add(Term::new(Facet::Org, "nes"), Names::default()))
    }

    fn find(people: &[(&str, &str, Option<TermIx>)]) -> Vec<(Likeness, i64, i64)> {
        let people: Vec<Candidate<'_>> = people
            .iter()
            .enumerate()
            .map(|(at, (name, email, place))| Candidate {
                id: RecipientId(i64::try_from(at).unwrap() + 1),
                name,
                email,
                places: place.iter().copied().collect(),
            })
            .collect();
        let pairs = list_pairs(&people, &BTreeSet::new());
        pairs.into_iter().map(|pair| (pair.because, pair.one.0, pair.other.0)).collect()
    }

    #[test]
    fn addresses_that_differ_by_dots_a_plus_or_the_domain_are_found() {
        for other in ["karines@vik.example", "kari.nes+forum@vik.example", "kari.nes@vik.kommune.example"] {
            let found = find(&[("", "kari.nes@vik.example", None), ("Kari Nes", other, None)]);
            assert_eq!(found, [(Likeness::Address, 1, 2)], "{other}");
        }
    }

    #[test]
    fn a_shared_mailbox_s_name_and_other_people_s_like_addresses_are_not() {
        assert_eq!(find(&[("", "post@vik.example", None), ("", "post@nes.example", None)]), []);
        let two = [("Kari Nes", "kari.nes@vik.example", None), ("Ola Vik", "kari.nes@nes.example", None)];
        assert_eq!(find(&two), []);
    }

    #[test]
    fn the_same_name_is_found_where_they_share_a_place_and_nowhere_else() {
        let (vik, nes) = places();
        let at =
            |place| [("Nes, Kari", "k@vik.example", Some(vik)), ("Kari Nes", "kn@x.example", Some(place))];
        assert_eq!(find(&at(vik)), [(Likeness::Name, 1, 2)]);
        assert_eq!(find(&at(nes)), []);
        assert_eq!(find(&[("Kari", "a@vik.example", Some(vik)), ("Kari", "b@x.example", Some(vik))]), []);
    }

    #[test]
    fn very_like_names_are_found_where_they_share_a_place() {
        let (vik, _) = places();
        let like = [
            ("Kjersti Halvorsen", "k@a.example", Some(vik)),
            ("Kjersti Halvorsenn", "h@b.example", Some(vik)),
        ];
        assert_eq!(find(&like), [(Likeness::NearName, 1, 2)]);
        let unlike =
            [("Kjersti Halvorsen", "k@a.example", Some(vik)), ("Kjersti Aas", "h@b.example", Some(vik))];
        assert_eq!(find(&unlike), []);
    }

    #[test]
    fn who_was_said_to_be_two_is_not_found_and_a_key_that_very_many_share_says_nothing() {
        let person = |id: i64| Candidate {
            id: RecipientId(id),
            name: "Kari Nes",
            email: "kari.nes@vik.example",
            places: Vec::new(),
        };
        let two = [person(1), person(2)];
        assert_eq!(list_pairs(&two, &BTreeSet::new()).len(), 1);
        assert_eq!(list_pairs(&two, &BTreeSet::from([(RecipientId(1), RecipientId(2))])), []);
        let many: Vec<_> = (1..=100).map(person).collect();
        assert_eq!(list_pairs(&many, &BTreeSet::new()), []);
    }
}
