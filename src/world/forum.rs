//! The forum and its organisations from their rows.
//!
//! A term's row and its place in [`Terms`] find each other by [`Terms::stored`] and [`Terms::find_stored`].

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use super::WorldError;
use crate::forum::{
    CronTimes, Facet, Forum, ForumSettings, Holidays, House, Logo, Organisation, OrganisationKind, Term,
    TermIx, Terms,
};
use crate::ids::TermId;
use crate::store::{ForumRow, GroupSectorRow, OrganisationRow, Store, TermRow};

/// How often a forum that changes while it is read is read again.
const ATTEMPTS: usize = 8;

/// The forum as it stands: settings, terms with their trees, sectors of groups.
pub async fn load_forum(store: &Store) -> Result<Forum, WorldError> {
    for _ in 1..ATTEMPTS {
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

fn read_settings(row: &ForumRow) -> Result<ForumSettings, WorldError> {
    let json = |what| move |e: serde_json::Error| unreadable(what, e);
    let cadences: HashMap<crate::forum::Cadence, CronTimes> =
        serde_json::from_str(&row.cadences).map_err(json("cadences"))?;
    Ok(ForumSettings {
        name: row.name.clone(),
        slug: row.slug.clone(),
        zone: row.time_zone.parse().map_err(|_| unreadable("time zone", &row.time_zone))?,
        language: row.language.parse().map_err(|_| unreadable("language", &row.language))?,
        holidays: match row.holidays.as_deref() {
            None => None,
            Some("NO") => Some(Holidays::Norway),
            Some(other) => return Err(unreadable("holidays", other)),
        },
        pause: serde_json::from_str(&row.pause).map_err(json("pause"))?,
        cadences: cadences.into_iter().collect(),
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
    let kind = OrganisationKind::from_str(&row.kind).map_err(|e| WorldError::Unreadable {
        place: format!("organisation {}", row.slug),
        what: "kind",
        value: e,
    })?;
    let kind_of_org = Term::new(Facet::KindOfOrg, kind.slug());
    Ok(Organisation {
        id: row.id,
        kind,
        org: find_term(terms, row.org_id)?,
        represents: find_term(terms, row.represents_id)?,
        kind_of_org: terms.find(&kind_of_org).ok_or_else(|| unreadable("terms", kind_of_org))?,
        slug: row.slug,
        name: row.name,
    })
}

fn find_term(terms: &Terms, id: TermId) -> Result<TermIx, WorldError> {
    terms.find_stored(id).ok_or_else(|| unreadable("terms", format!("there is no term with the key {id}")))
}

fn unreadable(what: &'static str, value: impl std::fmt::Display) -> WorldError {
    WorldError::Unreadable { place: "the forum".to_owned(), what, value: value.to_string() }
}
