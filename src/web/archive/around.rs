//! What stands around an item on its page: its languages, its files, the minutes before it, and what else is near.

use serde::{Deserialize, Serialize};

use crate::content::{Fields, Item};
use crate::forum::{Facet, Kind, Language};
use crate::matching::Sight;
use crate::store::AttachmentRow;
use crate::web::item_view::Pen;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::site::archive::Wanted;
use crate::web::words::fill;

/// Other items that a page names.
const RELATED: usize = 5;
const PREVIOUS: usize = 3;

/// The language that an item's address asks for: `?lang=nn`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct AskedLanguage {
    lang: String,
}

impl AskedLanguage {
    /// The language, if it is one of ours.
    pub(in crate::web) fn language(&self) -> Option<Language> {
        self.lang.parse().ok()
    }
}

/// A language that the item can be read in.
#[derive(Debug, Serialize)]
pub(in crate::web) struct LanguageLink {
    tag: Language,
    name: String,
    current: bool,
    href: String,
}

/// A file of the item.
#[derive(Debug, Serialize)]
pub(in crate::web) struct FileLink {
    pub(super) name: String,
    pub(super) told: String,
    pub(super) href: String,
}

/// Another item.
#[derive(Debug, Serialize)]
pub(in crate::web) struct Near {
    href: String,
    title: String,
    #[serde(rename = "lang")]
    language: Language,
    kicker: String,
}

/// All of it.
#[derive(Debug, Default, Serialize)]
pub(in crate::web) struct Around {
    foreign: Option<String>,
    languages: Vec<LanguageLink>,
    corrected: Option<String>,
    files: Vec<FileLink>,
    previous: Vec<Near>,
    related: Vec<Near>,
}

/// What stands around `item`, which lies at `own`; its neighbours lie under `shelf` (`/i/`, `/items/`). Nothing that
/// `sight` does not include.
pub(in crate::web) async fn look_around(
    reading: &Reading,
    pen: &Pen<'_>,
    sight: &Sight,
    item: &Item,
    shelf: &str,
) -> Result<Around, Refusal> {
    let own = format!("{shelf}{}", item.slug);
    let previous = list_previous(reading, pen, sight, item).await?;
    let mut related = list_related(reading, pen, sight, item).await?;
    related.retain(|other| previous.iter().all(|before| before.id != other.id));
    related.truncate(RELATED);
    let near = |items: &[Item]| items.iter().map(|other| near_of(pen, other, shelf)).collect();
    let own_words = around_itself(reading, pen, item, &own).await?;
    Ok(Around { previous: near(&previous), related: near(&related), ..own_words })
}

/// The same without other items: all that a letter's link may tell.
pub(in crate::web) async fn around_itself(
    reading: &Reading,
    pen: &Pen<'_>,
    item: &Item,
    own: &str,
) -> Result<Around, Refusal> {
    Ok(Around {
        foreign: pen.mark_foreign(item.text_for(pen.language).0),
        languages: if item.texts.len() > 1 { list_languages(pen, item, own) } else { Vec::new() },
        corrected: tell_correction(pen, item),
        files: link_files(pen, reading.attachments(item).await?, own),
        ..Around::default()
    })
}

/// `Rettet 3. mars.`, if what it says was changed after its release.
pub(super) fn tell_correction(pen: &Pen, item: &Item) -> Option<String> {
    let corrected = |at| fill(&pen.words.archive.item.corrected, &[("day", &pen.day(at))]);
    item.corrected_at().map(corrected)
}

fn list_languages(pen: &Pen, item: &Item, own: &str) -> Vec<LanguageLink> {
    let shown = item.text_for(pen.language).0;
    let link = |language: &Language| LanguageLink {
        tag: *language,
        name: pen.words.language.get(language).cloned().unwrap_or_default(),
        current: *language == shown,
        href: format!("{own}?lang={language}"),
    };
    item.texts.keys().map(link).collect()
}

/// The files of an item that lies at `own`.
pub(super) fn link_files(pen: &Pen, rows: Vec<AttachmentRow>, own: &str) -> Vec<FileLink> {
    let link = |row: AttachmentRow| FileLink {
        told: format!("{}, {}", kind_of_file(pen, &row.media_type), pen.size(row.size)),
        href: format!("{own}/file/{}", row.position),
        name: row.name,
    };
    rows.into_iter().map(link).collect()
}

/// `PDF`, `Word`: what a reader calls it.
fn kind_of_file(pen: &Pen, media_type: &str) -> String {
    let words = &pen.words.archive.item;
    let name = match media_type {
        "application/pdf" => "PDF",
        "image/png" | "image/jpeg" | "image/webp" => &words.picture,
        "text/plain" => &words.text,
        "text/csv" => "CSV",
        "text/calendar" => &words.calendar,
        other if other.ends_with("wordprocessingml.document") => "Word",
        other if other.ends_with("spreadsheetml.sheet") => "Excel",
        other if other.ends_with("presentationml.presentation") => "PowerPoint",
        other if other.ends_with("opendocument.text") => "ODT",
        other if other.ends_with("opendocument.spreadsheet") => "ODS",
        _ => &words.file,
    };
    name.to_owned()
}

/// The minutes before these of the same group, newest first.
async fn list_previous(
    reading: &Reading,
    pen: &Pen<'_>,
    sight: &Sight,
    item: &Item,
) -> Result<Vec<Item>, Refusal> {
    let Fields::Minutes { group: Some(group), .. } = item.fields else { return Ok(Vec::new()) };
    let wanted = Wanted {
        kind: Some(Kind::Minutes),
        met: Some(group),
        span: Some((chrono::DateTime::UNIX_EPOCH, item.release_at)),
        ..Wanted::default()
    };
    Ok(reading.shelf(pen.forum, sight, &wanted, PREVIOUS).await?.items)
}

/// The newest items of the same group or about one of the same terms.
async fn list_related(
    reading: &Reading,
    pen: &Pen<'_>,
    sight: &Sight,
    item: &Item,
) -> Result<Vec<Item>, Refusal> {
    let telling =
        |ix: &crate::forum::TermIx| matches!(pen.forum.terms.term(*ix).facet, Facet::Sector | Facet::Group);
    let about: Vec<_> = item.about.iter().copied().filter(telling).collect();
    let group = match item.fields {
        Fields::Minutes { group, .. } if about.is_empty() => group,
        _ => None,
    };
    if about.is_empty() && group.is_none() {
        return Ok(Vec::new());
    }
    let wanted = Wanted { about, group, ..Wanted::default() };
    let mut items = reading.shelf(pen.forum, sight, &wanted, RELATED + PREVIOUS + 1).await?.items;
    items.retain(|other| other.id != item.id);
    Ok(items)
}

fn near_of(pen: &Pen, item: &Item, shelf: &str) -> Near {
    let (language, text) = item.text_for(pen.language);
    let day = pen.day(item.release_at);
    Near {
        href: format!("{shelf}{}", item.slug),
        title: text.title.clone(),
        language,
        kicker: format!("{} · {day}", pen.kicker(item)),
    }
}
