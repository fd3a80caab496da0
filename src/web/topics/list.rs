//! All of it on one page: the trees of topics, roles and groups.

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::forum::{Facet, TermIx};
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

#[derive(Serialize)]
struct Entry {
    slug: String,
    name: String,
    depth: usize,
    /// A group's topics; else empty.
    topics: String,
}

#[derive(Serialize)]
struct Tree {
    facet: &'static str,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Page {
    changed: bool,
    sectors: Tree,
    roles: Tree,
    groups: Tree,
}

impl Content for Page {
    const TEMPLATE: &'static str = "topics_list.html";
}

/// GET: the trees.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Done>,
) -> Result<Response, Refusal> {
    let page = Page {
        changed: asked.done == "changed",
        sectors: tree(&reading, &staff, Facet::Sector),
        roles: tree(&reading, &staff, Facet::Role),
        groups: tree(&reading, &staff, Facet::Group),
    };
    reading.0.desk_page(&staff, &page)
}

fn tree(reading: &Reading, staff: &Staff, facet: Facet) -> Tree {
    let (forum, language) = (&staff.forum, staff.language);
    let words = &reading.0.words(language).topics.list;
    let topics = |group: TermIx| {
        let names: Vec<&str> =
            forum.sectors_of(group).iter().map(|ix| forum.name_of(*ix, language)).collect();
        if names.is_empty() { String::new() } else { fill(&words.topics, &[("topics", &names.join(", "))]) }
    };
    let entry = |(ix, depth): (TermIx, usize)| Entry {
        slug: forum.terms.term(ix).slug.clone(),
        name: forum.name_of(ix, language).to_owned(),
        depth,
        topics: topics(ix),
    };
    Tree { facet: facet.word(), entries: forum.list_tree(facet, language).into_iter().map(entry).collect() }
}
