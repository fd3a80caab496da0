//! A version as a page: what the item's page says, and which version of which item it is. Nothing of it lies elsewhere, and it
//! never changes: no day is told as seen from today.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::DepositError;
use super::entry::Written;
use crate::content::Item;
use crate::forum::{Forum, Language};
use crate::letter::Locales;
use crate::store::ItemRow;
use crate::web::assets::Assets;
use crate::web::item_view::{ItemView, Pen};
use crate::web::paths::encode_path;
use crate::web::templates::{Content, Frame, Templates};

/// A file that it carries.
#[derive(Serialize)]
struct File {
    name: String,
    href: String,
    sha256: String,
}

#[derive(Serialize)]
struct Page {
    item: ItemView,
    slug: String,
    number: i64,
    version: i64,
    written: String,
    released: String,
    withdrawn: Option<String>,
    files: Vec<File>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "deposit.html";
}

/// What pages are printed with.
pub struct Press {
    templates: Templates,
    locales: Locales,
}

impl Press {
    /// With templates and words of its own.
    ///
    /// # Errors
    /// If they cannot be read: ours to mend.
    pub fn load() -> Result<Press, DepositError> {
        let fail = |error: &dyn std::error::Error| DepositError::made("the pages", error);
        let templates = Templates::load(&Assets::load()).map_err(|error| fail(&error))?;
        let locales = Locales::load().map_err(|error| fail(&error))?;
        Ok(Press { templates, locales })
    }

    /// With those that there are.
    pub(in crate::web) fn of(templates: &Templates, locales: &Locales) -> Press {
        Press { templates: templates.clone(), locales: locales.clone() }
    }

    /// The version in one of its languages.
    pub(super) fn print(
        &self,
        forum: &Forum,
        (row, item): (&ItemRow, &Item),
        language: Language,
        attached: &[Written],
    ) -> Result<String, DepositError> {
        let zone = forum.settings.zone;
        let words = self.templates.words(language);
        // Days stand with their year, whichever year they are read in.
        let pen = Pen { forum, language, words, locale: self.locales.get(language), today: NaiveDate::MIN };
        let file = |attached: &Written| File {
            name: attached.title.clone(),
            href: beside(&attached.file).map(encode_path).unwrap_or_default(),
            sha256: attached.sha256.clone(),
        };
        let page = Page {
            item: pen.view(item),
            slug: row.slug.clone(),
            number: row.id.0,
            version: row.version,
            written: instant(row.written_at, zone),
            released: instant(row.release_at, zone),
            withdrawn: row.withdrawn_at.map(|at| instant(at, zone)),
            files: attached.iter().map(file).collect(),
        };
        let frame = Frame {
            forum: forum.settings.name.clone(),
            language,
            root: String::new(),
            postal_address: None,
            nav: None,
            desk: None,
        };
        self.templates.render(&frame, &page).map_err(|error| DepositError::made("a page", &error))
    }
}

/// A file of an item's folder as it is found from another in it.
pub(super) fn beside(path: &str) -> Option<&str> {
    path.split_once('/').map(|(_, rest)| rest)
}

/// `2027-03-13 08:00 +01:00`, where the forum is.
fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %:z").to_string()
}
