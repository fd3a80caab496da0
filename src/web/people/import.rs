//! People from a spreadsheet: the page shows what it understood, lets one choose the other columns, tells what is wrong in
//! which row and what would change, and then does it. The file stays in the page until then: nothing is kept of it, and
//! nothing is lost on an error. What imports is what `treff people import` is.

use axum::extract::Multipart;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::import_told::{Told, tell_heading, tell_remark, tell_report, tell_sheet};
use crate::intake::people::{Chosen, Column, PeopleFile};
use crate::intake::sheet::{Sheet, letters_of};
use crate::web::choice::Choice;
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::settings::name_all;
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// The largest file, in bytes: some hundred thousand rows.
pub(super) const LARGEST_FILE: usize = 16 << 20;
/// What stands in a field for a column that says nothing of ours.
const NONE: &str = "none";
/// Cells that are shown of each column.
const SAMPLES: usize = 3;

/// A column of the file, with what it says.
#[derive(Serialize)]
struct Row {
    field: String,
    heading: String,
    sample: String,
    choices: Vec<Choice>,
}

#[derive(Default, Serialize)]
struct Page {
    name: String,
    source: String,
    held: String,
    /// Names what the columns say: what is told of the file is true of that.
    seen: String,
    columns: Vec<Row>,
    /// What of the file was not read.
    remarks: Vec<String>,
    /// Why there is no file to read, or it is none; empty: it was read.
    file_error: String,
    problem: String,
    told: Option<Told>,
    done: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_import.html";
}

/// What came with the form.
#[derive(Default)]
struct Upload {
    name: String,
    source: String,
    bytes: Vec<u8>,
    seen: String,
    chosen: Chosen,
    confirmed: bool,
}

async fn read_parts(mut parts: Multipart) -> Result<Upload, Refusal> {
    let mut upload = Upload::default();
    while let Some(part) = parts.next_field().await.map_err(|_| Refusal::from(Why::TooLarge))? {
        let (field, file) = (part.name().unwrap_or_default().to_owned(), part.file_name().map(str::to_owned));
        let bytes = part.bytes().await.map_err(|_| Refusal::from(Why::TooLarge))?;
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match (field.as_str(), file) {
            ("file", Some(name)) if !bytes.is_empty() => {
                let source = upload.source;
                upload = Upload { name, source, bytes: bytes.to_vec(), ..Upload::default() };
                break;
            }
            ("name", _) => upload.name = text(),
            ("source", _) => upload.source = text(),
            ("seen", _) => upload.seen = text(),
            ("held", _) => {
                upload.bytes = STANDARD.decode(&bytes[..]).map_err(|_| Refusal::from(Why::BadForm))?;
            }
            ("do", _) => upload.confirmed = text() == "import",
            (field, _) => {
                let column = field.strip_prefix("column-").and_then(|at| at.parse().ok());
                if let Some(at) = column {
                    upload.chosen.insert(at, find_column(&text()));
                }
            }
        }
    }
    Ok(upload)
}

fn find_column(word: &str) -> Option<Column> {
    Column::ALL.into_iter().find(|column| column.to_string() == word)
}

/// GET: the field for a file.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    reading.0.desk_page(&staff, &Page::default())
}

/// POST: what the file says and what would change; and once that is confirmed, what changed.
pub(super) async fn take(writing: Writing, staff: Staff, parts: Multipart) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let upload = read_parts(parts).await?;
    let words = &reading.0.words(staff.language).people.import;
    if upload.bytes.is_empty() {
        let page = Page { file_error: words.no_file.clone(), source: upload.source, ..Page::default() };
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    let (sheet, file) = match reading.read_people(&upload.bytes, &upload.chosen).await? {
        Ok(read) => read,
        Err(error) => {
            let file_error = tell_sheet(words, &error);
            let page = Page { file_error, source: upload.source, ..Page::default() };
            return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
        }
    };
    let mut page = Page {
        columns: list_columns(&reading, &staff, &sheet, &upload.chosen),
        held: STANDARD.encode(&upload.bytes),
        seen: name_columns(&sheet, &upload.chosen),
        name: upload.name.clone(),
        source: upload.source.clone(),
        ..Page::default()
    };
    let file = match file {
        Ok(file) => file,
        Err(error) => {
            page.problem = tell_heading(&reading, &staff, &error);
            return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
        }
    };
    page.remarks = file.remarks.iter().filter_map(|remark| tell_remark(words, remark)).collect();
    // Other columns than were shown are shown first: nobody knows yet what they would bring.
    let is_other = upload.confirmed && upload.seen != page.seen;
    try_or_take(&writing, &staff, &mut page, &file, upload.confirmed && !is_other).await?;
    if !is_other {
        return reading.0.desk_page(&staff, &page);
    }
    page.problem = words.other_columns.clone();
    Ok(unprocessable(reading.0.desk_page(&staff, &page)?))
}

/// Tries the file, or takes it, and tells what came of it.
async fn try_or_take(
    writing: &Writing,
    staff: &Staff,
    page: &mut Page,
    file: &PeopleFile,
    confirmed: bool,
) -> Result<(), Refusal> {
    let reading = writing.reading();
    let people = reading.people().await?;
    match writing.import_people(staff, file, (&page.name, &page.source), !confirmed).await {
        Ok(report) => {
            page.told = Some(tell_report(&reading, staff, &people, &report));
            page.done = confirmed;
        }
        Err(None) => page.problem = reading.0.words(staff.language).people.import.changed_meanwhile.clone(),
        Err(Some(refusal)) => return Err(refusal),
    }
    Ok(())
}

fn name_columns(sheet: &Sheet, chosen: &Chosen) -> String {
    let said = Column::of_header(&sheet.header, chosen).into_iter();
    name_all(&said.map(|column| column.map(|column| column.to_string())).collect::<Vec<_>>())
}

/// The columns that have a heading, or text without one.
fn list_columns(reading: &Reading, staff: &Staff, sheet: &Sheet, chosen: &Chosen) -> Vec<Row> {
    let words = &reading.0.words(staff.language).people;
    let (meant, samples) = (Column::of_header(&sheet.header, chosen), list_samples(sheet));
    let row = |(at, heading): (usize, &String)| {
        let says = meant.get(at).copied().flatten();
        let choice = |column: Column| Choice {
            value: column.to_string(),
            label: words.column.get(&column.to_string()).cloned().unwrap_or_default(),
            depth: 0,
            chosen: says == Some(column),
        };
        let none = Choice {
            value: NONE.to_owned(),
            label: words.import.not_used.clone(),
            depth: 0,
            chosen: says.is_none(),
        };
        let unheaded = || fill(&words.import.unheaded, &[("column", &letters_of(at))]);
        Row {
            field: format!("column-{at}"),
            heading: if heading.is_empty() { unheaded() } else { heading.clone() },
            sample: samples[at].join(" · "),
            choices: std::iter::once(none).chain(Column::ALL.into_iter().map(choice)).collect(),
        }
    };
    let says_something = |(at, heading): &(usize, &String)| !heading.is_empty() || !samples[*at].is_empty();
    sheet.header.iter().enumerate().filter(says_something).map(row).collect()
}

/// The first cells with text in each column of the header.
fn list_samples(sheet: &Sheet) -> Vec<Vec<&str>> {
    let mut samples = vec![Vec::new(); sheet.header.len()];
    for row in &sheet.rows {
        for (shown, cell) in samples.iter_mut().zip(&row.cells) {
            if shown.len() < SAMPLES && !cell.is_empty() {
                shown.push(cell.as_str());
            }
        }
    }
    samples
}
