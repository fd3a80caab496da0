//! The form of an account: what it may do, for which groups or which organisation, from when and until when.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::forum::{Facet, sort_key, tell_too_long};
use crate::ids::OrganisationId;
use crate::staff::{Reach, Right, Rights};
use crate::store::{AccountRow, OrganisationRow, Span};
use crate::web::choice::Choice;
use crate::web::days::span_of;
use crate::web::refusal::Refusal;
use crate::web::settings::{Stands, name_all};
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::AccountWords;

/// What is wrong with a form.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Mistakes {
    pub(super) email: bool,
    /// It is too long.
    pub(super) name: bool,
    pub(super) taken: bool,
    pub(super) rights: bool,
    /// There is no such organisation, or what they may do reaches beyond it.
    pub(super) organisation: bool,
    pub(super) days: bool,
    /// Nobody would administer any more.
    pub(super) last: bool,
    /// The box that says "yes, end it".
    pub(super) sure: bool,
}

impl Mistakes {
    /// Whether a field is marked.
    pub(super) fn in_fields(self) -> bool {
        let Mistakes { email, name, taken, rights, organisation, days, last: _, sure } = self;
        email || name || taken || rights || organisation || days || sure
    }
}

/// The fields of an account.
#[derive(Serialize)]
pub(super) struct Fields {
    email: String,
    name: String,
    rights: Vec<Choice>,
    groups: Vec<Choice>,
    organisations: Vec<Choice>,
    from: String,
    until: String,
}

impl Fields {
    /// What they say, field by field.
    pub(super) fn tell(&self, words: &AccountWords) -> Vec<Stands> {
        let chosen = |choices: &[Choice]| {
            let chosen = choices.iter().filter(|choice| choice.chosen);
            chosen.map(|choice| choice.label.as_str()).collect::<Vec<_>>().join(", ")
        };
        vec![
            Stands::new(&words.name, &self.name),
            Stands::new(&words.rights, chosen(&self.rights)),
            Stands::new(&words.groups, chosen(&self.groups)),
            Stands::new(&words.organisation, chosen(&self.organisations)),
            Stands::new(&words.from, &self.from),
            Stands::new(&words.until, &self.until),
        ]
    }
}

/// The form.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    pub(super) email: String,
    pub(super) name: String,
    right: Vec<String>,
    pub(super) group: Vec<String>,
    /// The slug of the one that it is bound to; an empty one: to none. A form without the field, as one that was opened
    /// before there were organisations, says nothing of it. (A list, since an empty value is no value to an `Option`.)
    organisation: Vec<String>,
    from: String,
    until: String,
    pub(super) sure: String,
    /// Names what stood when the form was shown.
    pub(super) seen: String,
    /// Tells the page from others: pressed twice, it is one press.
    pub(super) token: String,
}

impl Said {
    /// What the form of an account shows at first.
    pub(super) async fn of(
        reading: &Reading,
        staff: &Staff,
        row: &AccountRow,
        organisations: &[OrganisationRow],
    ) -> Result<Said, Refusal> {
        let zone = staff.forum.settings.zone;
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive().to_string();
        let own = find_organisation(organisations, row).map(|own| own.slug.clone());
        let said = Said {
            name: row.name.clone(),
            right: Rights::read(&row.rights).iter().map(|right| right.word().to_owned()).collect(),
            group: reading.led_groups(row.id).await?,
            organisation: vec![own.unwrap_or_default()],
            from: row.from_at.map(day).unwrap_or_default(),
            until: row.until_at.map(|at| day(at - TimeDelta::microseconds(1))).unwrap_or_default(),
            ..Said::default()
        };
        Ok(Said { seen: said.standing(), ..said })
    }

    /// The same, where it says nothing of the organisation, with that which `standing` says.
    pub(super) fn over(self, standing: &Said) -> Said {
        match self.organisation.is_empty() {
            true => Said { organisation: standing.organisation.clone(), ..self },
            false => self,
        }
    }

    /// Whether it may replace `standing`: it was filled in from that, or says all of it already.
    pub(super) fn may_replace(&self, standing: &Said) -> bool {
        self.seen == standing.seen || self.standing() == standing.seen
    }

    /// Names what an account is once it was saved.
    fn standing(&self) -> String {
        let groups: BTreeSet<&String> = self.group.iter().collect();
        name_all(&(self.name.trim(), self.rights(), groups, self.bound(), &self.from, &self.until))
    }

    fn bound(&self) -> &str {
        self.organisation.first().map_or("", String::as_str)
    }

    /// What they may do.
    pub(super) fn rights(&self) -> Rights {
        self.right.iter().filter_map(|word| word.parse().ok()).collect()
    }

    /// Whether the name is longer than one may be.
    pub(super) fn has_long_name(&self) -> bool {
        tell_too_long("name", self.name.trim()).is_some()
    }

    /// The organisation that it is bound to, if any; an error if there is none of that slug, or what they may do reaches
    /// beyond it.
    pub(super) fn bound_to(&self, organisations: &[OrganisationRow]) -> Result<Option<OrganisationId>, ()> {
        if self.bound().is_empty() {
            return Ok(None);
        }
        let row = organisations.iter().find(|row| row.slug == self.bound()).ok_or(())?;
        let goes = Reach::Organisation(row.slug.clone()).goes_with(&self.rights(), &self.group);
        if goes { Ok(Some(row.id)) } else { Err(()) }
    }

    /// When it begins and ends; an error if a day is none, or the end lies before the beginning.
    pub(super) fn times(&self, staff: &Staff) -> Result<Span, ()> {
        span_of(staff, &self.from, &self.until)
    }

    /// The fields, filled in so.
    pub(super) fn fields(
        &self,
        reading: &Reading,
        staff: &Staff,
        organisations: &[OrganisationRow],
    ) -> Fields {
        let words = &reading.0.words(staff.language).desk;
        let rights = self.rights();
        let right = |right: Right| Choice {
            value: right.word().to_owned(),
            label: words.right.get(right.word()).cloned().unwrap_or_else(|| right.word().to_owned()),
            depth: 0,
            chosen: rights.have(right),
        };
        let terms = staff.forum.terms.iter().filter(|(_, term)| term.facet == Facet::Group);
        let mut groups: Vec<Choice> = terms
            .map(|(ix, term)| Choice {
                value: term.slug.clone(),
                label: staff.forum.name_of(ix, staff.language).to_owned(),
                depth: 0,
                chosen: self.group.contains(&term.slug),
            })
            .collect();
        groups.sort_by_key(|group| sort_key(&group.label));
        let organisation = |row: &OrganisationRow| Choice {
            chosen: row.slug == self.bound(),
            value: row.slug.clone(),
            label: row.name.clone(),
            depth: 0,
        };
        let mut organisations: Vec<Choice> = organisations.iter().map(organisation).collect();
        organisations.sort_by_cached_key(|organisation| sort_key(&organisation.label));
        Fields {
            email: self.email.clone(),
            name: self.name.clone(),
            rights: Right::ALL.map(right).into(),
            groups,
            organisations,
            from: self.from.clone(),
            until: self.until.clone(),
        }
    }
}

/// The organisation that an account is bound to.
pub(super) fn find_organisation<'a>(
    all: &'a [OrganisationRow],
    account: &AccountRow,
) -> Option<&'a OrganisationRow> {
    all.iter().find(|row| account.organisation == Some(row.id))
}
