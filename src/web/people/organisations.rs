//! Organisations: how many work there, which places they have, and who has those. Who is bound to one finds it alone.

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::told::{Place, Teller};
use crate::content::LEAST_SUM;
use crate::forum::{OrganisationKind, sort_key};
use crate::store::OrganisationRow;
use crate::web::paths::Path;
use crate::web::paths::encode_path;
use crate::web::refusal::Refusal;
use crate::web::site::{PLACES, Reading};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// Organisations of a page.
const PAGE: usize = 50;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    page: String,
}

#[derive(Serialize)]
struct Entry {
    path: String,
    name: String,
    kind: String,
    told: String,
}

#[derive(Serialize)]
struct Page {
    q: String,
    organisations: Vec<Entry>,
    narrowed: bool,
    earlier: Option<String>,
    later: Option<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_organisations.html";
}

/// GET: the list.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let wanted = asked.q.trim().to_lowercase();
    let mut rows = reading.organisations().await?;
    rows.retain(|row| staff.reach.has_organisation(&row.slug) && row.name.to_lowercase().contains(&wanted));
    rows.sort_by_cached_key(|row| sort_key(&row.name));
    let at: usize = asked.page.parse().unwrap_or(0);
    let many = rows.len() > at.saturating_add(1).saturating_mul(PAGE);
    let shown: Vec<OrganisationRow> = rows.into_iter().skip(at.saturating_mul(PAGE)).take(PAGE).collect();
    let counts = reading.organisation_counts(&shown.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let words = &reading.0.words(staff.language).people.organisations;
    let teller = Teller { reading: &reading, staff: &staff };
    let entry = |row: &OrganisationRow| {
        let count = counts.iter().find(|count| count.id == row.id);
        let (people, places) = count.map_or((0, 0), |count| (count.people, count.places));
        let values = [("people", people.to_string()), ("places", places.to_string())];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Entry {
            path: format!("/desk/organisations/{}", row.slug),
            name: row.name.clone(),
            kind: teller.kind(&row.kind),
            told: fill(&words.told, &values),
        }
    };
    let path = |page: usize| format!("/desk/organisations?q={}&page={page}", encode_path(asked.q.trim()));
    let page = Page {
        organisations: shown.iter().map(entry).collect(),
        narrowed: !wanted.is_empty(),
        earlier: (at > 0).then(|| path(at - 1)),
        later: many.then(|| path(at + 1)),
        q: asked.q,
    };
    reading.0.desk_page(&staff, &page)
}

/// How far what is theirs to pass on went in an organisation: sums, and none of what fewer than five did.
#[derive(Serialize)]
struct Onward {
    receiving: i64,
    invited: String,
    passed_on: String,
    /// Open items that concerned it; none if it has no page.
    concerning: Option<usize>,
    page: Option<String>,
}

#[derive(Serialize)]
struct OnePage {
    slug: String,
    name: String,
    kind: String,
    places: Vec<Place>,
    cut: bool,
    onward: Onward,
}

impl Content for OnePage {
    const TEMPLATE: &'static str = "people_organisation.html";
}

/// GET: one of them.
pub(super) async fn show_one(
    reading: Reading,
    staff: Staff,
    Path(slug): Path<String>,
) -> Result<Response, Refusal> {
    let row = reading.organisation(&slug).await?.filter(|row| staff.reach.has_organisation(&row.slug));
    let row = row.ok_or_else(|| staff.nothing_there())?;
    let places = reading.places_of_organisation(&slug).await?;
    let teller = Teller { reading: &reading, staff: &staff };
    let page = OnePage {
        onward: tell_onward(&reading, &staff, &row).await?,
        kind: teller.kind(&row.kind),
        cut: places.len() >= usize::try_from(PLACES).unwrap_or_default(),
        places: teller.places(&places),
        name: row.name,
        slug,
    };
    reading.0.desk_page(&staff, &page)
}

async fn tell_onward(reading: &Reading, staff: &Staff, row: &OrganisationRow) -> Result<Onward, Refusal> {
    let words = &reading.0.words(staff.language).organisation.report;
    let counts = reading.onward(row.id).await?;
    // Beside how many get letters, a sum of nearly all tells of each as well as one of few.
    let enough = |people: i64, sum: i64, few: &str| match people {
        ..LEAST_SUM => few.to_owned(),
        many if counts.receiving - many < LEAST_SUM => words.nearly_all.clone(),
        _ => sum.to_string(),
    };
    let is_union = row.kind == OrganisationKind::Union.slug();
    let of = reading.find_represented(&staff.forum, &row.slug).await?;
    let concerning = match &of {
        Some(of) => Some(reading.count_concerning(&staff.forum, of).await?),
        None => None,
    };
    Ok(Onward {
        receiving: counts.receiving,
        invited: if is_union {
            words.union.clone()
        } else {
            enough(counts.invited, counts.invited, &words.few)
        },
        passed_on: enough(counts.passed_on_by, counts.passed_on, &words.few_people),
        concerning,
        page: of.map(|of| format!("/o/{}", of.organisation.slug)),
    })
}
