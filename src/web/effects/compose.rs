//! Where the page is composed: a form over all groups. What it says is kept in private, over what was shown and nothing else.

use std::collections::HashSet;

use axum::extract::Query;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::form::{Faults, Said};
use super::status::Status;
use super::view::whole_day;
use crate::forum::Language;
use crate::insight::effects::{LONGEST_GAIN, Openness, Span};
use crate::intake::effects::{Draft, EffectsError, LONGEST_INTRODUCTION, name_draft, read_draft};
use crate::pipeline::{GainOffer, GoalOffer, GroupOffer, MOST_GAINS, offer_effects};
use crate::store::EffectPageRow;
use crate::web::item_view::Pen;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::settings::{Overtaken, Stands};
use crate::web::site::{Material, Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{EffectsDesk, fill};

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
    chosen: bool,
}

/// A goal with its box.
#[derive(Serialize)]
struct GoalField {
    id: i64,
    goal: String,
    /// What stands quietly behind it: its sign, and whether it is reached.
    told: String,
    chosen: bool,
}

/// A gain with its box and its fields.
#[derive(Serialize)]
struct GainField {
    id: i64,
    version: i64,
    /// "Møtet 8. mars 2027".
    title: String,
    slug: String,
    /// Who may read the minutes.
    open_to: String,
    /// The group alone.
    is_warned: bool,
    #[serde(rename = "lang")]
    language: Language,
    words: String,
    how: String,
    /// What the minutes say, where the words are others.
    own: String,
    outdated: bool,
    chosen: bool,
    /// It is to be shown, and says nothing.
    is_empty: bool,
}

#[derive(Serialize)]
struct GroupFields {
    slug: String,
    name: String,
    goals: Vec<GoalField>,
    gains: Vec<GainField>,
}

#[derive(Serialize)]
struct Page {
    note: String,
    /// What stands in the way.
    problem: String,
    overtaken: Option<Overtaken>,
    status: Option<Status>,
    seen: String,
    spans: Vec<Choice>,
    first: String,
    last: String,
    days_error: String,
    told_days: String,
    introduction: String,
    introduction_error: String,
    longest_introduction: usize,
    longest_gain: usize,
    languages: Vec<Choice>,
    connections: bool,
    groups: Vec<GroupFields>,
    /// That older gains are left out; empty if none are.
    cut: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "effects_compose.html";
}

/// GET: the form, as it was kept.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let row = reading.effect_page().await?;
    let mut page = page_of(&reading, &staff, &row, &read_draft(&row)).await?;
    let words = &reading.0.words(staff.language).effects;
    page.note = match done.as_str() {
        "saved" => words.desk.saved.clone(),
        "days" => words.desk.days_chosen.clone(),
        "published" if page.status.is_some() => words.publish.published.clone(),
        "taken-back" if page.status.is_none() => words.desk.taken_back.clone(),
        _ => String::new(),
    };
    reading.0.desk_page(&staff, &page)
}

/// The form, to whoever would take back another page than they saw.
pub(super) async fn show_overtaken(reading: &Reading, staff: &Staff) -> Result<Response, Refusal> {
    let row = reading.effect_page().await?;
    let mut page = page_of(reading, staff, &row, &read_draft(&row)).await?;
    page.problem = reading.0.words(staff.language).effects.desk.take_back_overtaken.clone();
    Ok(overtaken(reading.0.desk_page(staff, &page)?))
}

/// POST: what the form says is kept.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = reading.effect_page().await?;
    let library = reading.library().await?;
    let standing = read_draft(&row);
    let draft = said.draft(&standing, &library.items);
    let faults = said.find_faults(&draft);
    if faults != Faults::default() {
        // What stood in the form stands there again, whatever days were meant.
        let listed =
            Draft { span: standing.span, first: standing.first, last: standing.last, ..draft.clone() };
        let mut page = page_of(&reading, &staff, &row, if faults.days { &listed } else { &draft }).await?;
        page.seen = said.seen;
        page.tell_faults(&reading, &staff, &draft, &faults);
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    match writing.save_effects(&staff, &said.seen, &draft).await? {
        Ok(()) => Ok(reading.0.go_to(match said.wish.as_str() {
            "look" => "/desk/effects/preview",
            "days" => "/desk/effects?done=days#groups",
            _ => "/desk/effects?done=saved",
        })),
        Err(EffectsError::Overtaken) => {
            let row = reading.effect_page().await?;
            let standing = page_of(&reading, &staff, &row, &read_draft(&row)).await?;
            let mut page = page_of(&reading, &staff, &row, &draft).await?;
            let words = &reading.0.words(staff.language).effects.desk;
            page.overtaken = Some(list_others(&standing.list(words), &page.list(words)));
            Ok(overtaken(reading.0.desk_page(&staff, &page)?))
        }
        Err(other) => Err(Refusal::broken(&other)),
    }
}

async fn page_of(
    reading: &Reading,
    staff: &Staff,
    row: &EffectPageRow,
    draft: &Draft,
) -> Result<Page, Refusal> {
    let material: Material = reading.effect_material().await?;
    let sources = material.sources();
    let pen = reading.0.pen(sources.forum, staff.language);
    let words = &pen.words.effects.desk;
    let offer = offer_effects(sources, draft);
    let (first, last) = (whole_day(&pen, offer.days.first), whole_day(&pen, offer.days.last));
    let cut = fill(&words.cut, &[("count", &MOST_GAINS.to_string())]);
    let own_day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    Ok(Page {
        note: String::new(),
        problem: String::new(),
        overtaken: None,
        status: Status::of(reading, staff, row).await?,
        seen: name_draft(row),
        spans: list_spans(words, draft),
        first: own_day(draft.first),
        last: own_day(draft.last),
        days_error: String::new(),
        told_days: fill(&words.told_days, &[("first", &first), ("last", &last)]),
        introduction: draft.introduction.clone(),
        introduction_error: String::new(),
        longest_introduction: LONGEST_INTRODUCTION,
        longest_gain: LONGEST_GAIN,
        languages: list_languages(&pen, draft),
        connections: draft.connections,
        groups: offer.groups.iter().map(|of| group_of(&pen, of)).collect(),
        cut: if offer.is_cut { cut } else { String::new() },
    })
}

fn list_spans(words: &EffectsDesk, draft: &Draft) -> Vec<Choice> {
    let chosen = Span::of(&draft.span);
    let choice = |(span, value): (Span, &'static str)| {
        let label = match span {
            Span::ThisYear => &words.this_year,
            Span::LastYear => &words.last_year,
            Span::TwelveMonths => &words.twelve_months,
            Span::Own => &words.own,
        };
        Choice { value, label: label.clone(), chosen: span == chosen }
    };
    Span::ALL.into_iter().map(choice).collect()
}

fn list_languages(pen: &Pen<'_>, draft: &Draft) -> Vec<Choice> {
    let chosen = draft.language.parse().unwrap_or(pen.forum.settings.language);
    let choice = |language: Language| Choice {
        value: language.tag(),
        label: pen.words.language.get(&language).cloned().unwrap_or_default(),
        chosen: language == chosen,
    };
    Language::ALL.into_iter().map(choice).collect()
}

fn group_of(pen: &Pen<'_>, of: &GroupOffer) -> GroupFields {
    GroupFields {
        slug: pen.forum.terms.term(of.group).slug.clone(),
        name: pen.forum.name_of(of.group, pen.language).to_owned(),
        goals: of.goals.iter().map(|offered| goal_of(pen, offered)).collect(),
        gains: of.gains.iter().map(|offered| gain_of(pen, offered)).collect(),
    }
}

fn goal_of(pen: &Pen<'_>, offered: &GoalOffer) -> GoalField {
    let (goal, all) = (&offered.goal, &pen.words.effects);
    let reached = goal.reached_on.as_deref().and_then(|day| day.parse().ok());
    let reached = reached.map(|day| fill(&all.desk.reached, &[("day", &whole_day(pen, day))]));
    let sign = goal.sign.as_ref().map(|sign| format!("{} {sign}", all.page.sign));
    GoalField {
        id: goal.id,
        goal: goal.goal.clone(),
        told: [sign, reached].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        chosen: offered.chosen,
    }
}

fn gain_of(pen: &Pen<'_>, offered: &GainOffer) -> GainField {
    let words = &pen.words.effects.desk;
    let open_to = match offered.openness {
        Openness::Public => &words.for_everybody,
        Openness::Forum => &words.for_forum,
        Openness::Group => &words.for_group,
    };
    let is_own = offered.own.0 == offered.words && offered.own.1 == offered.how;
    let own = [&offered.own.0, &offered.own.1].map(String::as_str).join(" ");
    GainField {
        id: offered.item.0,
        version: offered.version,
        title: fill(&words.gain_of, &[("day", &whole_day(pen, offered.met_on))]),
        slug: offered.slug.clone(),
        open_to: open_to.clone(),
        is_warned: offered.openness == Openness::Group,
        language: offered.language,
        words: offered.words.clone(),
        how: offered.how.clone(),
        own: if is_own { String::new() } else { own.trim().to_owned() },
        outdated: offered.outdated,
        chosen: offered.chosen,
        is_empty: false,
    }
}

/// What stands and is not in the form.
fn list_others(standing: &[(String, String)], typed: &[(String, String)]) -> Overtaken {
    let typed: HashSet<&(String, String)> = typed.iter().collect();
    let others = standing.iter().filter(|own| !typed.contains(own));
    Overtaken::by(others.map(|(label, value)| Stands::new(label, value)).collect())
}

impl Page {
    /// What is wrong, each at its field; the days stand as they were meant.
    fn tell_faults(&mut self, reading: &Reading, staff: &Staff, draft: &Draft, faults: &Faults) {
        let words = &reading.0.words(staff.language).effects.desk;
        self.problem.clone_from(&words.wrong);
        if faults.days {
            self.days_error.clone_from(&words.days_wrong);
            self.spans = list_spans(words, draft);
            self.first = draft.first.map(|day| day.to_string()).unwrap_or_default();
            self.last = draft.last.map(|day| day.to_string()).unwrap_or_default();
        }
        if faults.introduction {
            let most = LONGEST_INTRODUCTION.to_string();
            self.introduction_error = fill(&words.introduction_long, &[("most", &most)]);
        }
        for gain in self.groups.iter_mut().flat_map(|group| &mut group.gains) {
            gain.is_empty = faults.gains.contains(&gain.id);
        }
    }

    /// Everything that the form says, each with what it is.
    fn list(&self, words: &EffectsDesk) -> Vec<(String, String)> {
        let span = self.spans.iter().find(|span| span.chosen).map_or("", |span| &span.label);
        let days = [span, &self.first, &self.last].join(" ").trim().to_owned();
        let language = self.languages.iter().find(|own| own.chosen).map_or("", |own| &own.label);
        let yes_no = |yes: bool| if yes { words.yes.clone() } else { words.no.clone() };
        let mut said = vec![
            (words.days.clone(), days),
            (words.introduction.clone(), self.introduction.clone()),
            (words.language.clone(), language.to_owned()),
            (words.connections.clone(), yes_no(self.connections)),
        ];
        for group in &self.groups {
            let goal = |own: &GoalField| (format!("{}: {}", group.name, own.goal), yes_no(own.chosen));
            said.extend(group.goals.iter().map(goal));
            for gain in &group.gains {
                let shown = [&yes_no(gain.chosen), &gain.words, &gain.how].map(String::as_str).join(" · ");
                said.push((format!("{}, {}", group.name, gain.title), shown));
            }
        }
        said
    }
}
