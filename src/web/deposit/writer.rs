//! One item after another, and the files that each becomes.

use std::collections::BTreeMap;

use super::entry::{Entry, Version, Written};
use super::names::{folder_of, name_file};
use super::page::{Press, beside};
use super::past::Past;
use super::{DepositError, Put, write};
use crate::content::Item;
use crate::forum::Forum;
use crate::intake::item_form::write_stored_item;
use crate::store::{DepositFilter, DepositedRow, ItemRow, Store, StoreError};
use crate::world;

/// A version with a row of it.
type Stored = (ItemRow, Item);

/// What is the same for all items.
pub(super) struct Writer<'a> {
    pub(super) store: &'a Store,
    pub(super) forum: &'a Forum,
    pub(super) press: &'a Press,
    /// By what the log calls an item.
    pub(super) pasts: BTreeMap<String, Past>,
}

impl Writer<'_> {
    /// Writes an item; none if none of what went out is wanted.
    pub(super) async fn write_item(
        &self,
        of: &DepositedRow,
        filter: &DepositFilter,
        put: &mut Put<'_>,
    ) -> Result<Option<Entry>, DepositError> {
        let unknown = Past::default();
        let past = self.pasts.get(&format!("item:{}", of.slug)).unwrap_or(&unknown);
        let sent = self.store.list_sent_versions(of.id).await?;
        let versions = world::load_versions(self.store, self.forum, of.id).await?;
        let is_out = |at: usize, row: &ItemRow| {
            let next = versions.get(at + 1).map(|(next, _)| next);
            sent.contains(&row.version) || past.tells_out(row, next, filter.now)
        };
        let stored = versions.iter().enumerate();
        let out: Vec<&Stored> =
            stored.filter(|(at, (row, _))| is_out(*at, row)).map(|(_, version)| version).collect();
        let Some((newest, _)) = out.last().filter(|_| out.iter().any(|(row, _)| is_wanted(row, filter)))
        else {
            return Ok(None);
        };
        let folder = folder_of(of.id, &of.slug);
        let mut attached = self.write_attached(&folder, &out, put).await?;
        let mut written = Vec::new();
        for &version in &out {
            let files = attached.remove(&version.0.version).unwrap_or_default();
            written.push(self.write_version(&folder, (version, past), files, put)?);
        }
        Ok(Some(Entry {
            number: of.id.0,
            slug: of.slug.clone(),
            kind: newest.kind.clone(),
            released_at: newest.release_at,
            withdrawn_at: newest.withdrawn_at,
            versions: written,
        }))
    }

    /// Writes the files that the versions carry, each once; by version.
    async fn write_attached(
        &self,
        folder: &str,
        versions: &[&Stored],
        put: &mut Put<'_>,
    ) -> Result<BTreeMap<i64, Vec<Written>>, DepositError> {
        let Some((first, _)) = versions.first() else { return Ok(BTreeMap::new()) };
        let mut there: BTreeMap<(String, String), Written> = BTreeMap::new();
        let mut attached: BTreeMap<i64, Vec<Written>> = BTreeMap::new();
        for file in self.store.list_deposit_files(first.id).await? {
            if !versions.iter().any(|(row, _)| row.version == file.version) {
                continue;
            }
            let key = (file.name.clone(), file.hash.clone());
            let written = match there.get(&key).cloned() {
                Some(written) => written,
                None => {
                    let lost = || StoreError::Corrupt { what: "attached file", value: file.hash.clone() };
                    let bytes = self.store.find_attachment_bytes(&file.hash).await?.ok_or_else(lost)?;
                    let path = format!("{folder}/files/{}", name_file(there.len() + 1, &file.name));
                    let written = write(put, path, (&file.name, None, &file.media_type), &bytes)?;
                    there.insert(key, written.clone());
                    written
                }
            };
            attached.entry(file.version).or_default().push(written);
        }
        Ok(attached)
    }

    fn write_version(
        &self,
        folder: &str,
        ((row, item), past): (&Stored, &Past),
        attached: Vec<Written>,
        put: &mut Put<'_>,
    ) -> Result<Version, DepositError> {
        let places: Vec<String> =
            attached.iter().filter_map(|file| beside(&file.file)).map(str::to_owned).collect();
        let mut files = Vec::new();
        for (language, markdown) in write_stored_item(row, item, self.forum, &places) {
            let stem = format!("{folder}/v{}-{language}", row.version);
            let page = self.press.print(self.forum, (row, item), language, &attached)?;
            let (title, tag) = (&item.text_for(language).1.title, Some(language.tag()));
            files.push(write(put, format!("{stem}.md"), (title, tag, "text/markdown"), markdown.as_bytes())?);
            files.push(write(put, format!("{stem}.html"), (title, tag, "text/html"), page.as_bytes())?);
        }
        files.extend(attached);
        Ok(Version {
            version: row.version,
            written_at: row.written_at,
            written_by: past.find_writer(row.version),
            // Of minutes the group that met, of all else the one that alone may read it.
            group: item
                .fields
                .group_met()
                .or(item.visibility.group())
                .map(|group| self.forum.terms.term(group).slug.clone()),
            visibility: row.visibility.clone(),
            importance: row.importance.clone(),
            files,
        })
    }
}

/// Whether a version is of what was asked for.
fn is_wanted(row: &ItemRow, filter: &DepositFilter) -> bool {
    if filter.kinds.is_empty() {
        row.kind == "minutes" || row.importance == "required"
    } else {
        filter.kinds.contains(&row.kind)
    }
}
