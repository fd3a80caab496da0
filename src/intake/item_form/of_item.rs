//! A stored item as the form that would make it: to correct it, or to begin another from it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::form::ItemForm;
use crate::content::{Fields, Importance, Item, ItemText, Lane, Moment};
use crate::forum::{Forum, Language};

impl ItemForm {
    /// The form that makes `item` again, with nothing suggested besides, and of which version it was made. A release that
    /// lies after `now` stays.
    pub fn of_item(item: &Item, forum: &Forum, now: DateTime<Utc>) -> ItemForm {
        let (terms, zone) = (&forum.terms, forum.settings.zone);
        let mut form = ItemForm {
            about: item.about.iter().map(|term| terms.term(*term).to_string()).collect(),
            ..ItemForm::default()
        };
        form.set("keep", "yes");
        form.set("of_version", &item.state_name());
        form.set("kind", item.kind.word());
        form.set("language", item.language.tag());
        if let Some(audience) = &item.audience {
            form.set("audience", &audience.written(terms));
        }
        form.set("visibility", &item.visibility.written(terms));
        if item.importance != Importance::Normal {
            form.set("importance", item.importance.word());
        }
        if item.lane != Lane::Digest {
            form.set("lane", item.lane.word());
        }
        if !item.interested {
            form.set("interested", "no");
        }
        if item.release_at > now {
            form.set_time("release_on", "release_time", Moment::exact(item.release_at), zone);
        }
        if let Some(at) = item.expires_at {
            form.set_day("expires_on", Moment::exact(at), zone);
        }
        if let Some(source) = item.source {
            form.set("source", &terms.term(source).slug);
        }
        if let Some(contact) = &item.contact {
            form.set("contact_name", &contact.name);
            form.set("contact_email", contact.email.as_deref().unwrap_or_default());
            form.set("contact_phone", contact.phone.as_deref().unwrap_or_default());
        }
        form.set_kind(&item.fields, forum);
        for (language, text) in &item.texts {
            form.set_text(text, (*language != item.language).then_some(*language));
        }
        form
    }

    /// The same as a beginning for another: without what belongs to that one's own day.
    pub fn like_item(item: &Item, forum: &Forum) -> ItemForm {
        let mut form = ItemForm::of_item(item, forum, item.release_at);
        let dated = [
            "keep",
            "of_version",
            "release_on",
            "release_time",
            "expires_on",
            "met_on",
            "starts_on",
            "starts_time",
            "ends_on",
            "ends_time",
            "wanted_by",
            "deadline",
            "registration_url",
        ];
        dated.into_iter().for_each(|field| form.set(field, ""));
        form.forget_promises();
        form
    }

    fn set_text(&mut self, text: &ItemText, other: Option<Language>) {
        let name =
            |field: &str| other.map_or_else(|| field.to_owned(), |language| format!("{field}_{language}"));
        self.set(&name("title"), &text.title);
        self.set(&name("body"), &text.body);
        self.set(&name("place"), text.place.as_deref().unwrap_or_default());
        let minutes = &text.minutes;
        for (field, answer) in [
            ("achieved", &minutes.achieved),
            ("how", &minutes.how),
            ("next", &minutes.next),
            ("why", &minutes.why),
        ] {
            self.set(&name(field), answer.as_deref().unwrap_or_default());
        }
    }

    fn set_kind(&mut self, fields: &Fields, forum: &Forum) {
        let zone = forum.settings.zone;
        match fields {
            Fields::Plain => {}
            Fields::Minutes { group, met_on, promises } => {
                if let Some(group) = group {
                    self.set("group", &forum.terms.term(*group).slug);
                }
                self.set("met_on", &met_on.map(|day| day.to_string()).unwrap_or_default());
                self.set_promises(promises);
            }
            Fields::Event { starts_at, ends_at, registration_url, gathering, .. } => {
                let times = [(starts_at, "starts_on", "starts_time"), (ends_at, "ends_on", "ends_time")];
                for (moment, day, time) in times {
                    if let Some(moment) = moment {
                        self.set_time(day, time, *moment, zone);
                    }
                }
                self.set("registration_url", registration_url.as_deref().unwrap_or_default());
                self.set("gathering", if *gathering { "yes" } else { "" });
            }
            Fields::Request { wanted_by: Some(moment) } => self.set_day("wanted_by", *moment, zone),
            Fields::Call { deadline: Some(moment) } => self.set_day("deadline", *moment, zone),
            Fields::Request { wanted_by: None } | Fields::Call { deadline: None } => {}
        }
    }

    /// A day, and the time beside it if it is no whole day.
    fn set_time(&mut self, day: &str, time: &str, moment: Moment, zone: Tz) {
        let local = moment.at.with_timezone(&zone);
        self.set(day, &moment.day.unwrap_or_else(|| local.date_naive()).to_string());
        if moment.day.is_none() {
            self.set(time, &local.format("%H:%M").to_string());
        }
    }

    /// A day; with the time in the same field if it is no whole one.
    fn set_day(&mut self, field: &str, moment: Moment, zone: Tz) {
        let whole = moment.day.map(|day| day.to_string());
        self.set(field, &whole.unwrap_or_else(|| whole_day_or_time(moment.at, zone)));
    }
}

/// The day that ends at the instant; the exact time if none does.
fn whole_day_or_time(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    match local.date_naive().pred_opt() {
        Some(before) if Moment::end_of(before, zone).at == at => before.to_string(),
        _ => local.format("%Y-%m-%d %H:%M").to_string(),
    }
}
