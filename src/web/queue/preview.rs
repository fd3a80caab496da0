//! The item as its readers will see it.

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::effective::{Draft, fill_in, imagine};
use crate::forum::Language;
use crate::web::item_view::ItemView;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;

/// In which language a reader reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    reader: String,
}

#[derive(Serialize)]
struct Reader {
    tag: &'static str,
    name: String,
    here: bool,
}

#[derive(Serialize)]
struct Page {
    base: String,
    item: Option<ItemView>,
    readers: Vec<Reader>,
    files: Vec<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "queue_preview.html";
}

/// GET: the item.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let draft = Draft::open(reading.desk_draft(&staff, &id).await?);
    let effective = fill_in(&reading, &staff, &draft.form).await?;
    let reader: Language = asked.reader.parse().unwrap_or(effective.language);
    let mut form = effective.form;
    if form.get("audience").trim().is_empty() && form.about.is_empty() {
        form.set("audience", "all");
    }
    let item = imagine(&staff.forum, &form, reading.0.now());
    let words = reading.0.words(staff.language);
    let name = |language: Language| Reader {
        tag: language.tag(),
        name: words.language.get(&language).cloned().unwrap_or_default(),
        here: language == reader,
    };
    let files = match &draft.row {
        Some(row) => reading.draft_files(row.id).await?,
        None => Vec::new(),
    };
    let page = Page {
        base: format!("/desk/drafts/{id}"),
        item: item.map(|item| reading.0.pen(&staff.forum, reader).view(&item)),
        readers: Language::ALL.map(name).into(),
        files: files.into_iter().map(|file| file.name).collect(),
    };
    reading.0.desk_page(&staff, &page)
}
