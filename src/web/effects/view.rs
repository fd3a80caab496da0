//! The page of effects as a reader sees it. What was published is told as it was; what was withdrawn since is left out, and a
//! link stands only where it opens.

use chrono::NaiveDate;
use serde::Serialize;

use crate::content::Item;
use crate::forum::{Facet, Kind, Language, OrganisationKind, Term, TermIx};
use crate::ids::ItemId;
use crate::insight::effects::{Connection, Effects, Line, LineKind};
use crate::letter::{capitalised, name_in_sentence};
use crate::matching::Sight;
use crate::web::item_view::Pen;
use crate::web::words::{counted, fill};

/// A number with what it counts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Number {
    pub(super) number: String,
    pub(super) label: String,
}

/// A goal.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GoalView {
    pub(super) words: String,
    #[serde(rename = "lang")]
    language: Language,
    /// Its sign; may be empty.
    pub(super) sign: String,
    /// "Nådd 8. mars 2027"; empty if it is not.
    pub(super) reached: String,
}

/// Something that was gained.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GainView {
    pub(super) words: String,
    /// May be empty.
    pub(super) how: String,
    #[serde(rename = "lang")]
    language: Language,
    /// "Fra møtet 8. mars 2027".
    pub(super) met: String,
    /// Its minutes, if everybody may read them; may be empty.
    href: String,
    /// Whose and of when, for who hears links one by one.
    of: String,
}

/// What one group has to show.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GroupView {
    slug: String,
    pub(super) name: String,
    /// "4 møter"; empty if there were none.
    pub(super) meetings: String,
    pub(super) goals: Vec<GoalView>,
    pub(super) gains: Vec<GainView>,
}

/// An item that concerns two groups.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BothView {
    href: String,
    pub(super) title: String,
    #[serde(rename = "lang")]
    language: Language,
    kicker: String,
}

/// Where two groups' work touches.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ConnectionView {
    pub(super) told: String,
    pub(super) items: Vec<BothView>,
}

/// All of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EffectsView {
    pub(super) period: String,
    pub(super) introduction: Vec<String>,
    introduction_lang: Language,
    pub(super) numbers: Vec<Number>,
    pub(super) organisations: Vec<Number>,
    pub(super) items: Vec<Number>,
    pub(super) groups: Vec<GroupView>,
    pub(super) connections: Vec<ConnectionView>,
}

/// Of what the view is made.
pub(super) struct Scene<'a> {
    /// The reader's language and the forum.
    pub(super) pen: &'a Pen<'a>,
    /// Every item.
    pub(super) items: &'a [Item],
    /// What everybody may read.
    pub(super) sight: Sight,
}

/// Whether the minutes behind a line were withdrawn.
pub(super) fn is_lost(line: &Line, items: &[Item]) -> bool {
    line.minutes.is_some_and(|(id, _)| items.iter().all(|item| item.id != id || item.withdrawn))
}

/// `8. mars 2027`: with its year always, for it is read on paper.
pub(super) fn whole_day(pen: &Pen<'_>, day: NaiveDate) -> String {
    pen.locale.day(day, NaiveDate::MIN)
}

/// The name of the group with this slug; the slug, if there is none any more.
pub(super) fn name_of_group(pen: &Pen<'_>, slug: &str) -> String {
    let found = pen.forum.terms.find(&Term::new(Facet::Group, slug));
    found.map_or_else(|| slug.to_owned(), |group| pen.forum.name_of(group, pen.language).to_owned())
}

impl Scene<'_> {
    /// The page.
    pub(super) fn view(&self, effects: &Effects) -> EffectsView {
        let words = &self.pen.words.effects.page;
        let (first, last) = (whole_day(self.pen, effects.days.first), whole_day(self.pen, effects.days.last));
        let lines: Vec<&Line> = effects.lines.iter().filter(|line| !is_lost(line, self.items)).collect();
        EffectsView {
            period: fill(&words.period, &[("first", &first), ("last", &last)]),
            introduction: paragraphs(&effects.introduction),
            introduction_lang: effects.language,
            numbers: self.numbers(effects),
            organisations: self.organisations(effects),
            items: self.kinds(effects),
            groups: self.groups(effects, &lines),
            connections: effects.connections.iter().filter_map(|own| self.connection(own)).collect(),
        }
    }

    fn numbers(&self, effects: &Effects) -> Vec<Number> {
        let (words, figures) = (&self.pen.words.effects.page, &effects.figures);
        let sum = |counts: &mut dyn Iterator<Item = usize>| i64::try_from(counts.sum::<usize>()).unwrap_or(0);
        let organisations: i64 = figures.organisations.iter().map(|(_, count)| count).sum();
        let meetings = sum(&mut figures.meetings.values().copied());
        let items = sum(&mut figures.items.iter().map(|(_, count)| *count));
        let gatherings = i64::try_from(figures.gatherings).unwrap_or(0);
        let goals = figures.goals;
        let (reached, all) = (goals.reached.to_string(), goals.all.to_string());
        let of = fill(&words.goals_of, &[("reached", &reached), ("all", &all)]);
        let number = |count: i64, one: &str, many: &str| {
            let label = if count == 1 { one } else { many }.to_owned();
            (count > 0).then(|| Number { number: self.spaced(count), label })
        };
        let goals = (goals.all > 0).then(|| Number { number: of, label: words.goals.clone() });
        let all = [
            goals,
            number(meetings, &words.meeting, &words.meetings),
            number(organisations, &words.organisation, &words.organisations),
            number(figures.readers.unwrap_or(0), &words.reader, &words.reader),
            number(gatherings, &words.gathering, &words.gatherings),
            number(figures.came.unwrap_or(0), &words.came, &words.came),
            number(items, &words.item, &words.items),
            number(figures.mailings, &words.mailing, &words.mailings),
            number(figures.letters.unwrap_or(0), &words.letter, &words.letter),
        ];
        all.into_iter().flatten().collect()
    }

    /// `12 400`, with a space that does not break; in English a comma.
    fn spaced(&self, count: i64) -> String {
        let digits = count.to_string();
        let mark = if self.pen.language == Language::En { ',' } else { '\u{a0}' };
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(mark);
            }
            out.push(digit);
        }
        out
    }

    fn organisations(&self, effects: &Effects) -> Vec<Number> {
        let told = |(kind, count): &(String, i64)| {
            let term = self.pen.forum.terms.find(&Term::new(Facet::KindOfOrg, kind.as_str()));
            let one = |term: TermIx| self.pen.forum.name_of(term, self.pen.language).to_owned();
            let own = kind.parse::<OrganisationKind>().ok().filter(|_| *count > 1);
            let several = own.and_then(|kind| self.pen.words.effects.organisations.get(&kind)).cloned();
            let label = several.or_else(|| term.map(one)).unwrap_or_else(|| kind.clone());
            Number { number: count.to_string(), label }
        };
        effects.figures.organisations.iter().map(told).collect()
    }

    fn kinds(&self, effects: &Effects) -> Vec<Number> {
        let told = |(kind, count): &(Kind, usize)| {
            let words = self.pen.words;
            let label = if *count == 1 { words.kind_of(*kind) } else { words.kinds_of(*kind) };
            Number { number: count.to_string(), label: capitalised(label) }
        };
        effects.figures.items.iter().map(told).collect()
    }

    fn groups(&self, effects: &Effects, lines: &[&Line]) -> Vec<GroupView> {
        let words = &self.pen.words.effects.page;
        let mut slugs: Vec<&str> = Vec::new();
        for line in lines {
            if !slugs.contains(&line.group.as_str()) {
                slugs.push(&line.group);
            }
        }
        let group = |slug: &str| {
            let of = |kind| lines.iter().filter(move |line| line.group == slug && line.kind == kind);
            let met = effects.figures.meetings.get(slug).copied().unwrap_or_default();
            GroupView {
                slug: slug.to_owned(),
                name: name_of_group(self.pen, slug),
                meetings: match met {
                    0 => String::new(),
                    met => counted(&words.group_met_one, &words.group_met, met),
                },
                goals: of(LineKind::Goal).map(|line| self.goal(line)).collect(),
                gains: of(LineKind::Gain).map(|line| self.gain(line)).collect(),
            }
        };
        slugs.into_iter().map(group).collect()
    }

    fn goal(&self, line: &Line) -> GoalView {
        let words = &self.pen.words.effects.page;
        let reached = |day| fill(&words.reached, &[("day", &whole_day(self.pen, day))]);
        GoalView {
            words: line.words.clone(),
            language: line.language,
            sign: line.beside.clone(),
            reached: line.happened_on.map(reached).unwrap_or_default(),
        }
    }

    fn gain(&self, line: &Line) -> GainView {
        let words = &self.pen.words.effects.page;
        let day = line.happened_on.map(|day| whole_day(self.pen, day)).unwrap_or_default();
        let minutes = line.minutes.and_then(|(id, _)| self.items.iter().find(|item| item.id == id));
        let open = minutes.filter(|item| self.sight.includes(item));
        GainView {
            words: line.words.clone(),
            how: line.beside.clone(),
            language: line.language,
            met: fill(&words.met, &[("day", &day)]),
            href: open.map(|item| format!("/i/{}", item.slug)).unwrap_or_default(),
            of: format!("{}, {day}", name_of_group(self.pen, &line.group)),
        }
    }

    /// None, if a group or all that both have in common is gone.
    fn connection(&self, connection: &Connection) -> Option<ConnectionView> {
        let (pen, words) = (self.pen, &self.pen.words.effects.page);
        let find = |facet: Facet, slug: &str| pen.forum.terms.find(&Term::new(facet, slug));
        let name = |slug: &str| Some(pen.forum.name_of(find(Facet::Group, slug)?, pen.language).to_owned());
        let (one, other) = (name(&connection.one)?, name(&connection.other)?);
        let topics: Vec<String> = connection
            .topics
            .iter()
            .filter_map(|slug| Some(name_in_sentence(pen.forum, find(Facet::Sector, slug)?, pen.language)))
            .collect();
        let find_item = |id: &ItemId| self.items.iter().find(|item| item.id == *id);
        let open = connection.items.iter().filter_map(find_item).filter(|item| self.sight.includes(item));
        let items: Vec<BothView> = open.map(|item| self.both(item)).collect();
        let values = [("one", one.as_str()), ("other", other.as_str())];
        let told = match topics.is_empty() {
            true if items.is_empty() => return None,
            true => fill(&words.both_items, &values),
            false => {
                let topics = pen.locale.list(&topics);
                fill(&words.both_topics, &[values[0], values[1], ("topics", topics.as_str())])
            }
        };
        Some(ConnectionView { told, items })
    }

    fn both(&self, item: &Item) -> BothView {
        let (language, text) = item.text_for(self.pen.language);
        BothView {
            href: format!("/i/{}", item.slug),
            title: text.title.clone(),
            language,
            kicker: self.pen.kicker(item),
        }
    }
}

/// The paragraphs of a text, each on one line.
fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
