//! The front matter's values into what they mean in the forum.

use std::fmt::Display;

use super::contact::read_contact;
use super::front_matter::FrontMatter;
use super::keys::object_to_key;
use super::promises::Owner;
use super::split::split_file;
use super::times::WholeDay;
use super::{FileError, ItemFile, Shared, SlugFrom, list_languages};
use crate::content::{
    Audience, Contact, EventChange, Fields, Importance, ItemText, Lane, Minutes, Moment, Visibility,
    is_web_address, nearest_word,
};
use crate::forum::{Facet, Forum, Kind, Language, Term, TermIx, is_slug, slug_of};

/// Reads one item file. `file` is what errors call it.
///
/// # Errors
/// All that is wrong with it, each with its line, in the order of the lines.
pub fn read_item_file(
    file: &str,
    slug: SlugFrom<'_>,
    bytes: &[u8],
    forum: &Forum,
) -> Result<ItemFile, Vec<FileError>> {
    let parts = split_file(bytes).map_err(|(line, message)| vec![FileError::new(file, line, message)])?;
    let mut reader = Reader { front: FrontMatter::parse(file, &parts)?, forum, owners: Vec::new() };
    let read = reader.read(slug, &parts.body);
    let named_files = reader.front.texts("attachments");
    let owners = reader.owners;
    let FrontMatter { lines, mut errors, .. } = reader.front;
    match read {
        Some((slug, language, text, shared)) if errors.is_empty() => {
            Ok(ItemFile { file: file.to_owned(), slug, language, text, shared, lines, named_files, owners })
        }
        _ => {
            errors.sort_by_key(|error| error.line);
            Err(errors)
        }
    }
}

struct Reader<'a> {
    front: FrontMatter<'a>,
    forum: &'a Forum,
    /// Whose the promises are that were read.
    owners: Vec<Owner>,
}

impl Reader<'_> {
    /// Everything, or `None` with at least one error noted.
    fn read(&mut self, slug: SlugFrom<'_>, body: &str) -> Option<(String, Language, ItemText, Shared)> {
        let keys = self.front.keys();
        let kind = self.kind();
        for (key, line) in keys {
            if let Some(objection) = object_to_key(&key, kind) {
                self.front.fail(line, objection);
            }
        }
        let language = self.language(slug);
        let slug = self.slug(slug);
        let text = self.item_text(kind, body);
        let shared = self.shared(kind);
        Some((slug?, language?, text?, shared?))
    }

    fn kind(&mut self) -> Option<Kind> {
        let words = Kind::ALL.map(Kind::word);
        let text = self.front.required("kind", &format!("it is one of {}", words.join(", ")))?;
        match text.parse() {
            Ok(kind) => Some(kind),
            Err(error) => {
                let nearest = nearest_word(&text, words).map_or(String::new(), nearest_is);
                self.front.fail_at("kind", format!("{error}{nearest}"));
                None
            }
        }
    }

    fn slug(&mut self, from: SlugFrom<'_>) -> Option<String> {
        let given = self.front.text("slug");
        let (slug, what) = match (given, from) {
            (Some(slug), SlugFrom::Item(item, _)) if slug != item => {
                let message = format!(
                    "this file is of item {slug}; treff item correct {slug} {}, or take slug away",
                    self.front.file
                );
                self.front.fail_at("slug", message);
                return None;
            }
            (Some(slug), _) => (slug, "slug"),
            (None, SlugFrom::Stem(_)) if self.front.lines.contains_key("slug") => {
                self.front.fail_at("slug", "slug is empty; leave it out to take the file's name");
                return None;
            }
            (None, SlugFrom::Stem(stem)) => (stem.to_owned(), "the file's name"),
            (None, SlugFrom::Item(slug, _)) => return Some(slug.to_owned()),
        };
        if !is_slug(&slug) {
            let suggestion = match slug_of(&slug) {
                made if made.is_empty() => "write such as slug = \"referat-helse\"".to_owned(),
                made => format!("write slug = \"{made}\""),
            };
            self.front.fail_at(
                "slug",
                format!("{what} \"{slug}\" has more than lower-case ASCII letters, digits and hyphens; {suggestion}"),
            );
            return None;
        }
        Some(slug)
    }

    /// The one that is given, else the forum's; a correction without it is of a text that is there.
    fn language(&mut self, from: SlugFrom<'_>) -> Option<Language> {
        if let Some(text) = self.front.text("language") {
            return self.parsed("language", text.parse());
        }
        let usual = self.forum.settings.language;
        match from {
            SlugFrom::Item(_, [only]) => Some(*only),
            SlugFrom::Item(slug, there @ [first, ..]) if !there.contains(&usual) => {
                let message = format!(
                    "item {slug} is there in {}, and not in the forum's {usual}; \
                     say which text this is, such as language = \"{first}\"",
                    list_languages(there)
                );
                self.front.fail_at("language", message);
                None
            }
            SlugFrom::Item(..) | SlugFrom::Stem(_) => Some(usual),
        }
    }

    fn item_text(&mut self, kind: Option<Kind>, body: &str) -> Option<ItemText> {
        let title = self.front.required("title", "write the headline, such as title = \"Referat 12. mars\"");
        let minutes = match kind {
            Some(Kind::Minutes) => Minutes {
                achieved: self.front.text("achieved"),
                how: self.front.text("how"),
                next: self.front.text("next"),
                why: self.front.text("why"),
            },
            _ => Minutes::default(),
        };
        let place = if kind == Some(Kind::Event) { self.front.one_line("place") } else { None };
        Some(ItemText { title: title?, body: body.to_owned(), minutes, place })
    }

    fn shared(&mut self, kind: Option<Kind>) -> Option<Shared> {
        let audience = self.audience();
        let errors_before = self.front.errors.len();
        let about = self.about();
        let about_is_wrong = self.front.errors.len() > errors_before;
        if !self.front.lines.contains_key("audience") && about.is_empty() && !about_is_wrong {
            self.front.fail(1, "neither audience nor about is given; say who gets it or what it is about");
        }
        let interested = self.front.flag("interested").unwrap_or(true);
        let visibility = self.visibility();
        let importance = self.word(
            "importance",
            Importance::Normal,
            Importance::from_word,
            Importance::ALL.map(Importance::word),
        );
        let lane = self.word("lane", Lane::Digest, Lane::from_word, Lane::ALL.map(Lane::word));
        let release_at = self.moment("release_at", WholeDay::FromStart).map(|m| m.at);
        let expires_at = self.moment("expires_at", WholeDay::ToEnd).map(|m| m.at);
        if let (Some(release), Some(expiry)) = (release_at, expires_at)
            && expiry <= release
        {
            self.front
                .fail_at("expires_at", "expires_at does not lie after release_at; nobody would ever get it");
        }
        let source = self.source();
        let contact = self.contact();
        let fields = self.fields(kind?);
        Some(Shared {
            kind: kind?,
            audience,
            about,
            interested,
            visibility,
            importance,
            lane,
            release_at,
            expires_at,
            source,
            contact,
            fields,
            attachments: None,
        })
    }

    fn audience(&mut self) -> Option<Audience> {
        let text = self.front.raw_text("audience")?;
        let parsed = Audience::parse(&text, &self.forum.terms)
            .map_err(|error| format!("audience, column {}: {}", error.column, error.problem));
        self.parsed("audience", parsed)
    }

    fn about(&mut self) -> Vec<TermIx> {
        let mut about = Vec::new();
        for (text, line) in self.front.texts("about").unwrap_or_default() {
            match self.find_term(&text) {
                Ok(term) if about.contains(&term) => {}
                Ok(term) => about.push(term),
                Err(message) => self.front.fail(line, format!("about: {message}")),
            }
        }
        about
    }

    fn find_term(&self, text: &str) -> Result<TermIx, String> {
        if let Some((group, _)) = text.split_once('/')
            && group.starts_with("group:")
        {
            return Err(format!(
                "\"{text}\" has a position; positions stand only in audiences; write {group}"
            ));
        }
        let terms = &self.forum.terms;
        text.parse::<Term>().ok().and_then(|term| terms.find(&term)).ok_or_else(|| {
            match terms.nearest(text) {
                Some(nearest) => format!("unknown term \"{text}\"; the nearest known term is {nearest}"),
                None => format!("unknown term \"{text}\"; the forum has no terms yet"),
            }
        })
    }

    fn visibility(&mut self) -> Visibility {
        let parsed = self.front.text("visibility").map(|text| Visibility::parse(&text, &self.forum.terms));
        parsed.and_then(|parsed| self.parsed("visibility", parsed)).unwrap_or(Visibility::Forum)
    }

    /// One of a few words.
    fn word<T, const N: usize>(
        &mut self,
        key: &'static str,
        default: T,
        from_word: impl Fn(&str) -> Option<T>,
        words: [&'static str; N],
    ) -> T {
        let Some(text) = self.front.text(key) else { return default };
        from_word(&text).unwrap_or_else(|| {
            let nearest = nearest_word(&text, words).map_or(String::new(), nearest_is);
            self.front.fail_at(key, format!("unknown {key} \"{text}\"; it is {}{nearest}", words.join(", ")));
            default
        })
    }

    fn moment(&mut self, key: &'static str, whole_day: WholeDay) -> Option<Moment> {
        let given = self.front.time(key)?;
        let moment = given.moment(self.forum.settings.zone, whole_day);
        self.parsed(key, moment.map_err(|message| format!("{key}: {message}")))
    }

    fn source(&mut self) -> Option<TermIx> {
        let slug = self.front.text("source")?;
        let terms = &self.forum.terms;
        let found = terms.find(&Term::new(Facet::Org, slug.as_str())).ok_or_else(|| {
            match terms.nearest_in(Facet::Org, &slug) {
                Some(nearest) => format!("unknown organisation \"{slug}\" as source; the nearest known one is {nearest}"),
                None => format!("unknown organisation \"{slug}\" as source; the forum has no organisations yet, import people first"),
            }
        });
        self.parsed("source", found)
    }

    fn contact(&mut self) -> Option<Contact> {
        let text = self.front.one_line("contact")?;
        self.parsed("contact", read_contact(&text).map_err(|error| format!("contact: {error}")))
    }

    fn fields(&mut self, kind: Kind) -> Fields {
        match kind {
            Kind::Minutes => self.minutes(),
            Kind::Event => self.event(),
            Kind::Request => Fields::Request { wanted_by: self.moment("wanted_by", WholeDay::ToEnd) },
            Kind::Call => Fields::Call { deadline: self.moment("deadline", WholeDay::ToEnd) },
            Kind::Research | Kind::Article | Kind::Experience | Kind::Tip => Fields::Plain,
        }
    }

    fn minutes(&mut self) -> Fields {
        let (promises, owners) = self.front.promises(self.forum.settings.zone);
        self.owners = owners;
        Fields::Minutes { group: self.group(), met_on: self.met_on(), promises }
    }

    fn met_on(&mut self) -> Option<chrono::NaiveDate> {
        self.front.time("met_on").map(|given| given.day(self.forum.settings.zone))
    }

    fn group(&mut self) -> Option<TermIx> {
        let slug = self.front.text("group")?;
        let terms = &self.forum.terms;
        let found = terms.find(&Term::new(Facet::Group, slug.as_str())).ok_or_else(|| {
            match terms.nearest_in(Facet::Group, &slug) {
                Some(nearest) => format!("unknown group \"{slug}\"; the nearest known one is {nearest}"),
                None => format!("unknown group \"{slug}\"; the forum has no groups yet"),
            }
        });
        self.parsed("group", found)
    }

    fn event(&mut self) -> Fields {
        let starts_at = self.moment("starts_at", WholeDay::FromStart);
        let ends_at = self.moment("ends_at", WholeDay::ToEnd);
        if let (Some(start), Some(end)) = (starts_at, ends_at) {
            // The end of a whole day is the first instant of the next, and there the event may begin.
            let first_day = start.local_day(self.forum.settings.zone);
            if end.at < start.at || end.day.is_some_and(|last_day| last_day < first_day) {
                self.front.fail_at("ends_at", "ends_at lies before starts_at");
            }
        }
        let registration_url = self.front.one_line("registration_url");
        if let Some(url) = &registration_url
            && !is_web_address(url)
        {
            let message = format!(
                "registration_url \"{url}\" is no web address; write such as https://forum.example/samling"
            );
            self.front.fail_at("registration_url", message);
        }
        let gathering = self.front.flag("gathering").unwrap_or(false);
        Fields::Event { starts_at, ends_at, registration_url, gathering, changed: EventChange::default() }
    }

    /// The value, or `None` with the error noted at `key`.
    fn parsed<T, E: Display>(&mut self, key: &'static str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.front.fail_at(key, error)).ok()
    }
}

fn nearest_is(word: &str) -> String {
    format!("; the nearest is {word}")
}
