//! The forum and its organisations from their rows.
//!
//! A term's row and its place in [`Terms`] find each other by [`Terms::stored`] and [`Terms::find_stored`].

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::WorldError;
use super::place::{Place, find_stored};
use crate::forum::{
    Cadence, CronTimes, Facet, Forum, ForumSettings, Holidays, House, Logo, Organisation, OrganisationKind,
    PauseDays, Term, TermIx, Terms,
};
use crate::ids::TermId;
use crate::store::{FormerTimesRow, ForumRow, GroupSectorRow, OrganisationRow, Store, TermRow};

/// How often at most a forum that changes while it is read is read.
const ATTEMPTS: usize = 8;

/// The forum as it stands: settings, terms with their trees, sectors of groups.
pub async fn load_forum(store: &Store) -> Result<Forum, WorldError> {
    for _ in 0..ATTEMPTS {
        let row = store.find_forum().await?.ok_or(WorldError::NoForum)?;
        let (sectors, terms) = (store.list_group_sectors().await?, store.list_terms().await?);
        if store.find_change_number().await? == Some(row.change_number) {
            return read_forum(&row, &terms, &sectors);
        }
    }
    Err(unreadable("change number", "it changes faster than the forum can be read"))
}

/// Every organisation, by slug, with its terms in `forum`.
pub async fn load_organisations(store: &Store, forum: &Forum) -> Result<Vec<Organisation>, WorldError> {
    store.list_organisations().await?.into_iter().map(|row| read_organisation(row, &forum.terms)).collect()
}

/// The forum that these rows keep.
pub fn read_forum(
    row: &ForumRow,
    terms: &[TermRow],
    sectors: &[GroupSectorRow],
) -> Result<Forum, WorldError> {
    let terms = read_terms(terms)?;
    let mut group_sectors: HashMap<TermIx, Vec<TermIx>> = HashMap::new();
    for row in sectors {
        let (group, sector) = (find_term(&terms, row.group_id)?, find_term(&terms, row.sector_id)?);
        group_sectors.entry(group).or_default().push(sector);
    }
    Ok(Forum { settings: read_settings(row)?, terms, group_sectors })
}

/// The settings of `forum` as they were before what decides the times was changed, the latest first, each with the instant
/// of the change: of changes at `since` or later.
pub async fn load_former_settings(
    store: &Store,
    forum: &Forum,
    since: DateTime<Utc>,
) -> Result<Vec<(DateTime<Utc>, ForumSettings)>, WorldError> {
    let read = |row: FormerTimesRow| -> Result<_, WorldError> {
        let settings = ForumSettings {
            zone: read_zone(&row.time_zone)?,
            holidays: read_holidays(row.holidays.as_deref())?,
            pause: read_pause(&row.pause)?,
            cadences: read_cadences(&row.cadences)?,
            ..forum.settings.clone()
        };
        Ok((row.until_at, settings))
    };
    store.list_former_times(since).await?.into_iter().map(read).collect()
}

fn read_zone(name: &str) -> Result<Tz, WorldError> {
    name.parse().map_err(|_| unreadable("time zone", name))
}

fn read_holidays(word: Option<&str>) -> Result<Option<Holidays>, WorldError> {
    match word {
        None => Ok(None),
        Some("NO") => Ok(Some(Holidays::Norway)),
        Some(other) => Err(unreadable("holidays", other)),
    }
}

fn read_pause(json: &str) -> Result<Vec<PauseDays>, WorldError> {
    serde_json::from_str(json).map_err(|e| unreadable("pause", e))
}

fn read_cadences(json: &str) -> Result<BTreeMap<Cadence, CronTimes>, WorldError> {
    serde_json::from_str(json).map_err(|e| unreadable("cadences", e))
}

fn read_settings(row: &ForumRow) -> Result<ForumSettings, WorldError> {
    Ok(ForumSettings {
        name: row.name.clone(),
        slug: row.slug.clone(),
        zone: read_zone(&row.time_zone)?,
        language: row.language.parse().map_err(|_| unreadable("language", &row.language))?,
        holidays: read_holidays(row.holidays.as_deref())?,
        pause: read_pause(&row.pause)?,
        cadences: read_cadences(&row.cadences)?,
        cap: u32::try_from(row.cap).map_err(|_| unreadable("cap", row.cap))?,
        learning: row.learning,
        house: read_house(row)?,
    })
}

fn read_house(row: &ForumRow) -> Result<House, WorldError> {
    let house: House = serde_json::from_str(&row.house).map_err(|e| unreadable("house", e))?;
    let logo = row.logo.clone().map(Logo::read).transpose().map_err(|e| unreadable("logo", e))?;
    Ok(House { logo: logo.map(Arc::new), ..house })
}

fn read_terms(rows: &[TermRow]) -> Result<Terms, WorldError> {
    let mut terms = Terms::default();
    for row in rows {
        let facet = Facet::from_word(&row.facet).ok_or_else(|| unreadable("facet", &row.facet))?;
        let names = serde_json::from_str(&row.names).map_err(|e| unreadable("names", e))?;
        let ix = terms.add(Term::new(facet, &row.slug), names);
        terms.set_stored(ix, row.id);
    }
    for row in rows {
        let Some(parent) = row.parent_id else { continue };
        let (child, parent) = (find_term(&terms, row.id)?, find_term(&terms, parent)?);
        if !terms.set_parent(child, parent) {
            return Err(unreadable("tree", format!("{} lies under itself", terms.term(child))));
        }
    }
    Ok(terms)
}

pub(super) fn read_organisation(row: OrganisationRow, terms: &Terms) -> Result<Organisation, WorldError> {
    let place = Place(format!("organisation {}", row.slug));
    let kind = OrganisationKind::from_str(&row.kind).map_err(|e| place.unreadable("kind", e))?;
    let kind_of_org = Term::new(Facet::KindOfOrg, kind.slug());
    Ok(Organisation {
        id: row.id,
        kind,
        org: find_stored(terms, row.org_id)?,
        represents: find_stored(terms, row.represents_id)?,
        kind_of_org: terms.find(&kind_of_org).ok_or_else(|| unreadable("terms", kind_of_org))?,
        slug: row.slug,
        name: row.name,
    })
}

/// The term with that key in a row of the forum itself: read together with its terms, so it cannot have come after them.
fn find_term(terms: &Terms, id: TermId) -> Result<TermIx, WorldError> {
    terms.find_stored(id).ok_or_else(|| unreadable("terms", format!("there is no term with the key {id}")))
}

fn unreadable(what: &'static str, value: impl std::fmt::Display) -> WorldError {
    Place("the forum".to_owned()).unreadable(what, value)
}
