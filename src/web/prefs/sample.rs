//! A sample: one question more beside a letter, about one item that the reader did not get. Answering is a button, because
//! a link scanner follows every link; not to answer costs nothing.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::content::{Item, Visibility};
use crate::feedback::preferences::name_of;
use crate::forum::{Facet, Language, TermIx};
use crate::letter::name_in_sentence;
use crate::matching::{Profile, Sight};
use crate::store::{KeptKind, LetterRow, PreferenceChanges, ProbeAnswer};
use crate::web::door::Door;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Probe, Reading, Writing};
use crate::web::templates::Content;
use crate::web::visitor::Whose;
use crate::web::words::fill;

/// Characters of the line under the title.
const LINE: usize = 160;

/// The question.
#[derive(Serialize)]
pub(in crate::web) struct ProbeView {
    action: String,
    item: String,
    kicker: String,
    lang: Language,
    title: String,
    /// Empty where only the title may be told.
    line: String,
    used_for: String,
}

impl ProbeView {
    /// What a letter asks its reader, on pages behind `door`; none if it asks nothing.
    pub(in crate::web) async fn beside(
        reading: &Reading,
        letter: &LetterRow,
        door: &Door,
    ) -> Result<Option<ProbeView>, Refusal> {
        let Some(probe) = reading.probe_beside(letter).await? else { return Ok(None) };
        let language = probe.recipient.language;
        let words = &reading.0.words(language).hits.sample;
        let days = reading.retention_days(KeptKind::Taps).await?;
        let (lang, text) = probe.item.text_for(language);
        // A letter may have been forwarded: behind its link an item for the forum is named and no more.
        let may_be_read = matches!(door, Door::Device) || probe.item.visibility == Visibility::Public;
        Ok(Some(ProbeView {
            action: door.path("sample"),
            item: probe.item.public_id.clone(),
            kicker: reading.0.pen(&probe.library.forum, language).kicker(&probe.item),
            lang,
            title: text.title.clone(),
            line: if may_be_read { text.gist(LINE) } else { String::new() },
            used_for: fill(&words.used_for, &[("days", &days.to_string())]),
        }))
    }
}

/// A topic that would have brought the item.
#[derive(Serialize)]
struct Topic {
    slug: String,
    button: String,
}

/// Where the item is read.
#[derive(Serialize)]
struct Place {
    path: String,
    /// It is for the forum alone: who holds nothing but the letter is sent a link first.
    is_behind_a_link: bool,
}

#[derive(Serialize)]
struct Page {
    title: String,
    done: String,
    item: String,
    action: String,
    place: Option<Place>,
    topics: Vec<Topic>,
    /// The change of preferences that was made, to be taken back.
    change: Option<i64>,
    preferences: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "sample.html";
}

/// What is said of which item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    item: String,
    answer: String,
    /// The slug of a sector that the item is about.
    topic: String,
}

/// The letter beside which the question stood: by its own link, or on a device the newest.
async fn letter_of(reading: &Reading, whose: &Whose) -> Result<LetterRow, Refusal> {
    match &whose.door {
        Door::Letter { token } => Ok(reading.letter(token).await?.row),
        Door::Device => {
            let newest = reading.newest_letter(&whose.recipient).await?;
            newest.ok_or_else(|| Refusal::from(Why::BadForm).in_language(whose.recipient.language))
        }
    }
}

/// POST: it would have been for me, or it would not.
pub(super) async fn record(
    writing: Writing,
    whose: Whose,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let bad = || Refusal::from(Why::BadForm).in_language(whose.recipient.language);
    let answer = ProbeAnswer::from_word(&said.answer).ok_or_else(bad)?;
    let letter = letter_of(&reading, &whose).await?;
    let Some((probe, before)) = reading.probed(&letter, &said.item).await? else {
        return show_gone(&reading, &whose);
    };
    let kept = before.is_some() || writing.record_probe(&letter, probe.item.id, answer).await?;
    if !kept {
        return show_gone(&reading, &whose);
    }
    // After a double click, and on a page that is sent again, what was said first stands.
    let page = thank(&reading, &whose, &probe, before.unwrap_or(answer));
    whose.page(&reading.0, &page)
}

/// POST: such items shall come from now on.
pub(super) async fn follow(
    writing: Writing,
    whose: Whose,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let letter = letter_of(&reading, &whose).await?;
    let Some((probe, Some(ProbeAnswer::Yes))) = reading.probed(&letter, &said.item).await? else {
        return show_gone(&reading, &whose);
    };
    let forum = &probe.library.forum;
    let topic = list_topics(&probe).into_iter().find(|ix| forum.terms.term(*ix).slug == said.topic);
    let Some(topic) = topic else {
        return whose.page(&reading.0, &thank(&reading, &whose, &probe, ProbeAnswer::Yes));
    };
    let changes =
        PreferenceChanges { follow: vec![name_of(forum.terms.term(topic))], ..PreferenceChanges::default() };
    let made = writing.change_preferences(whose.recipient.id, &changes).await?;
    let words = &reading.0.words(whose.recipient.language).hits.sample;
    let name = name_in_sentence(forum, topic, whose.recipient.language);
    let page = Page {
        done: fill(&words.followed, &[("name", &name)]),
        topics: Vec::new(),
        change: made.map(|made| made.id),
        ..thank(&reading, &whose, &probe, ProbeAnswer::Yes)
    };
    whose.page(&reading.0, &page)
}

/// The topics by which such items would come, that are not followed yet.
fn list_topics(probe: &Probe) -> Vec<TermIx> {
    let terms = &probe.library.forum.terms;
    let follows = &probe.recipient.standing.follows;
    let is_open = |ix: &&TermIx| terms.term(**ix).facet == Facet::Sector && !follows.contains(ix);
    if probe.item.interested {
        probe.item.about.iter().filter(is_open).copied().collect()
    } else {
        Vec::new()
    }
}

fn thank(reading: &Reading, whose: &Whose, probe: &Probe, answer: ProbeAnswer) -> Page {
    let (forum, language) = (&probe.library.forum, whose.recipient.language);
    let words = &reading.0.words(language).hits.sample;
    let topic = |ix: TermIx| Topic {
        slug: forum.terms.term(ix).slug.clone(),
        button: fill(&words.follow, &[("name", &name_in_sentence(forum, ix, language))]),
    };
    let done = match answer {
        ProbeAnswer::Yes => fill(&words.done_yes, &[("title", &probe.item.text_for(language).1.title)]),
        ProbeAnswer::No => words.done_no.clone(),
        ProbeAnswer::Skipped => words.done_skipped.clone(),
    };
    let is_wanted = answer == ProbeAnswer::Yes;
    Page {
        title: if answer == ProbeAnswer::Skipped { &words.skipped } else { &words.thanks }.clone(),
        done,
        item: probe.item.public_id.clone(),
        action: whose.path("sample/follow"),
        place: is_wanted.then(|| place_of(reading, whose, probe)).flatten(),
        topics: if is_wanted { list_topics(probe).into_iter().map(topic).collect() } else { Vec::new() },
        change: None,
        preferences: whose.path("preferences"),
    }
}

/// Where the item is read: none if it was taken back meanwhile, or is not theirs any more.
fn place_of(reading: &Reading, whose: &Whose, probe: &Probe) -> Option<Place> {
    let Probe { library, recipient, item } = probe;
    let profile = Profile::new(&library.forum, &recipient.standing, reading.0.now());
    let sight = Sight::of(&library.forum, &profile);
    let is_public = |item: &Item| item.visibility == Visibility::Public;
    let to_item = || match (whose.is_trusted(), is_public(item)) {
        (false, true) => Place { path: format!("/i/{}", item.slug), is_behind_a_link: false },
        (is_trusted, _) => Place { path: format!("/items/{}", item.slug), is_behind_a_link: !is_trusted },
    };
    sight.includes(item).then(to_item)
}

/// The question is of no item that one may be asked about now, or was answered for that letter.
fn show_gone(reading: &Reading, whose: &Whose) -> Result<Response, Refusal> {
    let words = &reading.0.words(whose.recipient.language).hits.sample;
    let page = Page {
        title: words.title.clone(),
        done: words.gone.clone(),
        item: String::new(),
        action: String::new(),
        place: None,
        topics: Vec::new(),
        change: None,
        preferences: whose.path("preferences"),
    };
    whose.page(&reading.0, &page)
}
