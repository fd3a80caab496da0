//! Recipients by items: who got what, at a glance.

use std::collections::HashMap;

use axum::response::Response;
use serde::Serialize;

use super::scene::{Nav, Scene};
use crate::ids::RecipientId;
use crate::matching::Because;
use crate::store::GotRow;
use crate::web::calling::call;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;

#[derive(Clone, Serialize)]
struct Cell {
    class: &'static str,
    mark: String,
    told: String,
}

#[derive(Serialize)]
struct Row {
    id: RecipientId,
    name: String,
    organisation: String,
    cells: Vec<Option<Cell>>,
}

#[derive(Serialize)]
struct Page {
    nav: Nav,
    columns: Vec<String>,
    rows: Vec<Row>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "inbox_who.html";
}

/// GET: the table.
pub(super) async fn show(reading: Reading) -> Result<Response, Refusal> {
    let scene = Scene::load(&reading).await?;
    let cells = list_cells(&reading, &scene).await?;
    let mut columns: Vec<(&str, String)> = scene
        .items
        .iter()
        .filter(|item| cells.keys().any(|(_, slug)| *slug == item.slug))
        .map(|item| (item.slug.as_str(), item.text_for(scene.language).1.title.clone()))
        .collect();
    let count = |slug: &str| cells.keys().filter(|(_, s)| s == slug).count();
    columns.sort_by_key(|(slug, _)| (std::cmp::Reverse(count(slug)), *slug));
    let mut rows: Vec<Row> = scene
        .recipients
        .values()
        .map(|r| Row {
            id: r.id,
            name: call(&r.name, r.email.as_str()).to_owned(),
            organisation: scene.workplace_of(r),
            cells: columns.iter().map(|(slug, _)| cells.get(&(r.id, (*slug).to_owned())).cloned()).collect(),
        })
        .collect();
    rows.sort_by(|a, b| (&a.organisation, &a.name, a.id).cmp(&(&b.organisation, &b.name, b.id)));
    let page = Page { nav: Nav::Who, columns: columns.into_iter().map(|(_, title)| title).collect(), rows };
    reading.0.page(&scene.forum, scene.language, &page)
}

async fn list_cells(
    reading: &Reading,
    scene: &Scene,
) -> Result<HashMap<(RecipientId, String), Cell>, Refusal> {
    let words = &reading.0.words(scene.language).inbox;
    let mut cells = HashMap::new();
    for (recipient, item) in reading.carried().await? {
        if let Some(item) = scene.items.iter().find(|i| i.id == item) {
            let told = words.legend_carried.clone();
            let cell = Cell { class: "carried", mark: words.mark_carried.clone(), told };
            cells.insert((recipient, item.slug.clone()), cell);
        }
    }
    for got in &scene.got {
        cells.insert((got.recipient, got.slug.clone()), cell_of(reading, scene, got)?);
    }
    Ok(cells)
}

fn cell_of(reading: &Reading, scene: &Scene, got: &GotRow) -> Result<Cell, Refusal> {
    let words = &reading.0.words(scene.language).inbox;
    let (class, mark) = match Because::from_word(&got.because) {
        Some(Because::Required) => ("required", &words.mark_required),
        Some(Because::Interest) => ("interest", &words.mark_interest),
        _ => ("audience", &words.mark_audience),
    };
    let told = format!("{}: {}", scene.title_of(&got.slug), scene.told(reading, got)?.join(". "));
    Ok(Cell { class, mark: mark.clone(), told })
}
