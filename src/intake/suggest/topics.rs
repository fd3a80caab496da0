//! Topics: terms whose names stand in the text, and what the most alike items of the past were about.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::content::Item;
use crate::content::search::{Family, list_stems, list_words};
use crate::forum::{Facet, Forum, Language, TermIx};

/// How many past items are asked.
const ASKED: usize = 9;
/// No more topics are suggested.
const MOST: usize = 4;
/// A name in the title, in the text; a past item as like as can be.
const IN_TITLE: f64 = 3.0;
const IN_TEXT: f64 = 1.5;
/// What speaks for a topic less than this is not suggested.
const LEAST: f64 = 0.9;
/// A past item shares at least so much with the text to be asked (cosine of weighted stems, 0 to 1).
const ALIKE: f64 = 0.12;

/// Past items by their stems: gathered once, asked often.
#[derive(Debug, Default)]
pub struct Shelf {
    items: Vec<Past>,
    by_stem: HashMap<(Family, String), Vec<u32>>,
    lengths: Vec<f64>,
}

/// A past item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// What it was about.
    pub about: Vec<TermIx>,
}

/// What is suggested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggested {
    /// The topics, the surest first.
    pub topics: Vec<TermIx>,
    /// How many past items spoke for one of them.
    pub similar: usize,
}

/// A stem that more than a fifth of the items hold tells little, once there are this many.
const COMMON: usize = 200;

type Stem = (Family, String);

impl Shelf {
    /// Takes the items apart; those about nothing teach nothing.
    pub fn gather<'a>(items: impl IntoIterator<Item = &'a Item>) -> Shelf {
        let mut shelf = Shelf::default();
        let mut stems_of: Vec<Vec<Stem>> = Vec::new();
        for item in items.into_iter().filter(|item| !item.about.is_empty() && !item.withdrawn) {
            let at = u32::try_from(shelf.items.len()).unwrap_or(u32::MAX);
            let stems: Vec<Stem> = list_stems(item).into_iter().map(|s| (s.family, s.stem)).collect();
            for stem in &stems {
                shelf.by_stem.entry(stem.clone()).or_default().push(at);
            }
            shelf.items.push(Past { about: item.about.clone() });
            stems_of.push(stems);
        }
        let square = |stem: &Stem| shelf.weight(stem).powi(2);
        shelf.lengths = stems_of.iter().map(|stems| stems.iter().map(square).sum::<f64>().sqrt()).collect();
        shelf
    }

    /// Topics for a text in `language`.
    pub fn suggest(&self, forum: &Forum, language: Language, title: &str, body: &str) -> Suggested {
        let mut points: BTreeMap<TermIx, f64> = BTreeMap::new();
        let family = Family::of(language);
        for (text, worth) in [(title, IN_TITLE), (body, IN_TEXT)] {
            let stems: HashSet<String> = list_words(text).iter().map(|word| family.stem(word)).collect();
            for (term, _) in forum.terms.iter().filter(|(_, term)| term.facet == Facet::Sector) {
                if is_named(forum, term, language, family, &stems) {
                    *points.entry(term).or_default() += worth;
                }
            }
        }
        let alike = self.list_alike(family, &format!("{title}\n{title}\n{body}"));
        for (item, likeness) in &alike {
            for topic in &self.items[*item].about {
                *points.entry(*topic).or_default() += 3.0 * likeness;
            }
        }
        let mut sure: Vec<(TermIx, f64)> =
            points.into_iter().filter(|(_, points)| *points >= LEAST).collect();
        sure.sort_by(|a, b| b.1.total_cmp(&a.1));
        let topics = keep_nearest(forum, sure.into_iter().map(|(term, _)| term));
        let speaks = |item: usize| self.items[item].about.iter().any(|topic| topics.contains(topic));
        Suggested { similar: alike.iter().filter(|(item, _)| speaks(*item)).count(), topics }
    }

    /// The past items most like the text, with how alike they are.
    fn list_alike(&self, family: Family, text: &str) -> Vec<(usize, f64)> {
        let stems: HashSet<Stem> = list_words(text).iter().map(|word| (family, family.stem(word))).collect();
        let length = stems.iter().map(|stem| self.weight(stem).powi(2)).sum::<f64>().sqrt();
        let mut shared: HashMap<u32, f64> = HashMap::new();
        let tells = |stem: &&Stem| {
            self.by_stem.get(*stem).is_none_or(|items| items.len() <= COMMON.max(self.items.len() / 5))
        };
        for stem in stems.iter().filter(tells) {
            let square = self.weight(stem).powi(2);
            for item in self.by_stem.get(stem).into_iter().flatten() {
                *shared.entry(*item).or_default() += square;
            }
        }
        let likeness = |(item, shared): (u32, f64)| {
            let item = item as usize;
            (item, shared / (length * self.lengths[item]).max(f64::MIN_POSITIVE))
        };
        let mut alike: Vec<_> = shared.into_iter().map(likeness).filter(|(_, l)| *l >= ALIKE).collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.truncate(ASKED);
        alike
    }

    /// More for a stem that few items have.
    fn weight(&self, stem: &Stem) -> f64 {
        let of = self.by_stem.get(stem).map_or(0, Vec::len) as f64;
        (1.0 + (self.items.len() as f64 + 1.0) / (of + 1.0)).ln()
    }
}

/// The group whose name stands in the title: whose minutes they are. Of several the one with the longest name.
pub fn suggest_group(forum: &Forum, language: Language, title: &str) -> Option<TermIx> {
    let family = Family::of(language);
    let stems: HashSet<String> = list_words(title).iter().map(|word| family.stem(word)).collect();
    let groups = forum.terms.iter().filter(|(_, term)| term.facet == Facet::Group).map(|(ix, _)| ix);
    let named = groups.filter(|group| is_named(forum, *group, language, family, &stems));
    named.max_by_key(|group| forum.name_of(*group, language).len())
}

/// Whether every word of the term's name stands among the stems.
fn is_named(
    forum: &Forum,
    term: TermIx,
    language: Language,
    family: Family,
    stems: &HashSet<String>,
) -> bool {
    let words = list_words(forum.name_of(term, language));
    !words.is_empty() && words.iter().all(|word| stems.contains(&family.stem(word)))
}

/// The surest few, none of which lies above another: who follows the wider one gets the narrower anyway.
fn keep_nearest(forum: &Forum, sure: impl Iterator<Item = TermIx>) -> Vec<TermIx> {
    let mut kept: Vec<TermIx> = Vec::new();
    for term in sure {
        let lies_above = kept.iter().any(|own| forum.terms.is_at_or_under(*own, term));
        if !lies_above {
            kept.retain(|own| !forum.terms.is_at_or_under(term, *own));
            kept.push(term);
        }
        if kept.len() == MOST {
            break;
        }
    }
    kept
}
