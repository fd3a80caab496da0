//! What an entry of a feed tells: all that the item's page says, in the language of its text, and no more than that page.

use super::around::{FileLink, link_files, tell_correction};
use crate::content::feed::updated_at;
use crate::content::{Item, markdown};
use crate::forum::{Forum, Language, plain_line};
use crate::store::AttachmentRow;
use crate::web::item_view::{ContactView, Fact, Pen, Told, registration};
use crate::web::refusal::Refusal;
use crate::web::site::Reading;

/// How much of what it says is in its summary, in characters; when and where stand before it.
const SUMMARY_CHARACTERS: usize = 300;

/// An item as an entry tells it.
pub(super) struct EntryText {
    /// On one line.
    pub(super) summary: String,
    /// All of it.
    pub(super) html: String,
}

/// The items, each of which lies at its URL, for a reader of `language`.
pub(super) async fn tell_entries(
    reading: &Reading,
    (forum, language): (&Forum, Language),
    items: &[Item],
    urls: &[String],
) -> Result<Vec<EntryText>, Refusal> {
    let mut files = reading.attachments_of(items).await?;
    let entries = items.iter().zip(urls).map(|(item, url)| {
        let files = files.remove(&item.id).unwrap_or_default();
        tell_entry(reading, (forum, language), (item, url), files)
    });
    Ok(entries.collect())
}

/// One of them. Days are told as on the day of its last change: what did not change stays the same to the byte.
fn tell_entry(
    reading: &Reading,
    (forum, language): (&Forum, Language),
    (item, url): (&Item, &str),
    files: Vec<AttachmentRow>,
) -> EntryText {
    let (written_in, _) = item.text_for(language);
    let changed_on = updated_at(item).with_timezone(&forum.settings.zone).date_naive();
    let pen = Pen { today: changed_on, ..reading.0.pen(forum, written_in) };
    let files = link_files(&pen, files, url);
    EntryText { summary: pen.in_short(item, SUMMARY_CHARACTERS), html: whole(&pen, item, &files) }
}

/// As on the page: since when it is corrected, when and where, what minutes answer and promise, the text, where one
/// registers, whom to ask, the files.
fn whole(pen: &Pen, item: &Item, files: &[FileLink]) -> String {
    let (_, text) = item.text_for(pen.language);
    let words = &pen.words.item;
    let contact = item.contact.as_ref().map(ContactView::of);
    let facts = pen.facts(item, text).iter().map(told_fact).collect::<String>();
    let sections = pen.sections(item, text).into_iter().flat_map(|Told { label, html }| {
        let heading = markdown::to_html(&format!("# {}", shown(&label)));
        [heading, html]
    });
    let register = registration(item).map(|url| linked(&words.register, &url)).unwrap_or_default();
    let contact = contact.map(|contact| told_contact(&words.contact, &contact)).unwrap_or_default();
    let after = [text.body.clone(), register, contact, told_files(&pen.words.archive.item.files, files)];
    let corrected = tell_correction(pen, item).map(|told| shown(&told)).unwrap_or_default();
    let before = [markdown::to_html(&corrected), markdown::to_html(&facts)].into_iter().chain(sections);
    before.chain(after.iter().map(|part| markdown::to_html(part))).collect()
}

/// A paragraph of Markdown: `**Når:** fredag 18. desember kl. 10`.
fn told_fact(fact: &Fact) -> String {
    format!("**{}** {}\n\n", shown(&fact.label), shown(&fact.value))
}

fn told_contact(label: &str, contact: &ContactView) -> String {
    let address = contact.email.as_deref().zip(contact.mailto.as_deref());
    let email = address.map(|(email, mailto)| linked(email, mailto));
    let ways = [Some(shown(&contact.name)), contact.phone.as_deref().map(shown), email];
    let ways: Vec<String> = ways.into_iter().flatten().filter(|way| !way.is_empty()).collect();
    format!("**{}** {}", shown(label), ways.join(", "))
}

fn told_files(label: &str, files: &[FileLink]) -> String {
    let line = |file: &FileLink| format!("- {} ({})\n", linked(&file.name, &file.href), shown(&file.told));
    let lines: String = files.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("# {}\n\n{lines}", shown(label)) }
}

/// A link in Markdown.
fn linked(text: &str, url: &str) -> String {
    format!("[{}](<{}>)", shown(text), markdown::escape(url))
}

/// A text as it is, on one line of Markdown.
fn shown(text: &str) -> String {
    markdown::escape(&plain_line(text))
}
