//! The page as it will be, and the press that publishes it. What is published is what was looked at: if anything of it is
//! different by then, it is shown anew first. Sums move by themselves and do not count.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::compose::show_overtaken;
use super::view::{EffectsView, Scene};
use crate::insight::effects::{Effects, Line, Openness};
use crate::intake::effects::{EffectsError, read_draft};
use crate::matching::Sight;
use crate::store::EffectPageRow;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::settings::name_all;
use crate::web::site::{Material, Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::counted;

/// A box that has to be ticked first.
#[derive(Serialize)]
struct Question {
    name: &'static str,
    label: String,
    hint: String,
    is_ticked: bool,
    /// That it was not; empty if it was, or nobody pressed yet.
    error: String,
}

#[derive(Serialize)]
struct Page {
    problem: String,
    /// Another page is published.
    replaces: bool,
    /// It says something of groups.
    has_lines: bool,
    questions: Vec<Question>,
    /// Names what is shown.
    seen: String,
    /// How often a page was published or taken back before.
    over: i64,
    effects: EffectsView,
}

impl Content for Page {
    const TEMPLATE: &'static str = "effects_preview.html";
}

/// What came with the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    seen: String,
    over: String,
    looked_over: String,
    group_alone: String,
}

/// The page that would be published now.
struct Coming {
    row: EffectPageRow,
    material: Material,
    effects: Effects,
}

impl Coming {
    async fn find(reading: &Reading) -> Result<Coming, Refusal> {
        let (row, material) = (reading.effect_page().await?, reading.effect_material().await?);
        let effects = reading.compose_effects(&material, &read_draft(&row)).await?;
        Ok(Coming { row, material, effects })
    }

    /// Names what of it is approved.
    fn name(&self) -> String {
        let Effects { days, introduction, language, lines, connections, .. } = &self.effects;
        name_all(&(days, introduction, language, lines, connections))
    }

    /// How many of its lines stand in minutes for a group alone.
    fn count_of_groups_alone(&self) -> usize {
        let items = &self.material.library.items;
        let is_alone = |line: &&Line| {
            let minutes = line.minutes.and_then(|(id, _)| items.iter().find(|item| item.id == id));
            minutes.is_some_and(|item| Openness::of(item) == Openness::Group)
        };
        self.effects.lines.iter().filter(is_alone).count()
    }

    fn questions(&self, reading: &Reading, staff: &Staff, said: Option<&Said>) -> Vec<Question> {
        let words = &reading.0.words(staff.language).effects.publish;
        let question = |name, label: &str, hint: String, answer: Option<&str>, error: &str| Question {
            name,
            label: label.to_owned(),
            hint,
            is_ticked: answer == Some("yes"),
            error: answer.filter(|answer| *answer != "yes").map(|_| error.to_owned()).unwrap_or_default(),
        };
        let answer = said.map(|said| said.looked_over.as_str());
        let hint = words.looked_over_hint.clone();
        let mut questions =
            vec![question("looked_over", &words.looked_over, hint, answer, &words.looked_over_error)];
        let alone = self.count_of_groups_alone();
        if alone > 0 {
            let answer = said.map(|said| said.group_alone.as_str());
            let hint = counted(&words.group_alone_hint_one, &words.group_alone_hint, alone);
            let label = &words.group_alone;
            questions.push(question("group_alone", label, hint, answer, &words.group_alone_error));
        }
        questions
    }

    fn page(&self, reading: &Reading, staff: &Staff, said: Option<&Said>) -> Page {
        let library = &self.material.library;
        let pen = reading.0.pen(&library.forum, staff.language);
        let scene = Scene { pen: &pen, items: &library.items, sight: Sight::of_everyone(reading.0.now()) };
        Page {
            problem: String::new(),
            replaces: self.row.published_at.is_some(),
            has_lines: !self.effects.lines.is_empty(),
            questions: self.questions(reading, staff, said),
            seen: self.name(),
            over: self.row.turns,
            effects: scene.view(&self.effects),
        }
    }

    /// The page anew, to whoever would publish another than they saw.
    fn show_overtaken(&self, reading: &Reading, staff: &Staff) -> Result<Response, Refusal> {
        let mut page = self.page(reading, staff, None);
        page.problem = reading.0.words(staff.language).effects.publish.overtaken.clone();
        Ok(overtaken(reading.0.desk_page(staff, &page)?))
    }
}

/// A turn as the forms carry it; what is none is that of no page.
fn read_turn(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

/// GET: the page as it would be.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let coming = Coming::find(&reading).await?;
    reading.0.desk_page(&staff, &coming.page(&reading, &staff, None))
}

/// POST: everybody sees it from now on.
pub(super) async fn publish(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let coming = Coming::find(&reading).await?;
    if coming.name() != said.seen {
        return coming.show_overtaken(&reading, &staff);
    }
    let mut page = coming.page(&reading, &staff, Some(&said));
    if !page.has_lines || page.questions.iter().any(|question| !question.is_ticked) {
        page.problem = reading.0.words(staff.language).effects.desk.wrong.clone();
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    let seen = EffectPageRow { turns: read_turn(&said.over), ..coming.row };
    match writing.publish_effects(&staff, &seen, &coming.effects).await? {
        Ok(()) => Ok(reading.0.go_to("/desk/effects?done=published")),
        Err(EffectsError::Overtaken) => Coming::find(&reading).await?.show_overtaken(&reading, &staff),
        Err(other) => Err(Refusal::broken(&other)),
    }
}

/// What came with the form that takes the page away: in which turn the one was published that was seen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TakenBack {
    seen: String,
}

/// POST: nobody sees it any more.
pub(super) async fn take_back(
    writing: Writing,
    staff: Staff,
    Form(TakenBack { seen }): Form<TakenBack>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    match writing.take_back_effects(&staff, read_turn(&seen)).await? {
        Ok(()) => Ok(reading.0.go_to("/desk/effects?done=taken-back")),
        Err(EffectsError::Overtaken) => show_overtaken(&reading, &staff).await,
        Err(other) => Err(Refusal::broken(&other)),
    }
}
