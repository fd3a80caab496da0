//! Cards: what a letter says about one item. No personal data: everything personal is a slot.

use super::context::{Card, CardAnswers, CardContact, CardDay, CardLinks, CarriedLinks, CarriedTitle};
use super::dates::{Span, Today, local_day};
use super::locale::{Locale, fill};
use super::masthead::Masthead;
use super::piece::Slot;
use super::section::{Later, Section};
use super::view::DigestItem;
use super::why::{OwnedReason, Why, name_in_sentence};
use crate::content::markdown::in_sentences;
use crate::content::{Contact, Fields, Item, ItemText, Moment, Visibility, Wanted, ascii_web_address};
use crate::forum::{Forum, Kind, Language, find_line, percent_encode, plain_line};

/// About two lines on a telephone, in characters.
const LEAD_MAX: usize = 180;
/// How minutes' group did it, beside what was achieved and what comes next, which have two lines each.
const HOW_MAX: usize = 110;

/// What all cards of one language and edition have in common.
#[derive(Clone, Copy)]
pub(super) struct CardMaker<'a> {
    pub forum: &'a Forum,
    pub masthead: &'a Masthead,
    pub locale: &'a Locale,
    pub language: Language,
    pub today: Today,
}

impl<'a> CardMaker<'a> {
    /// The card of one item, `reasons` being its own; `opens` if it is the first of its section.
    pub(super) fn card(
        &self,
        digest_item: &DigestItem<'_>,
        reasons: &[OwnedReason],
        section: Section,
        opens: bool,
        discreet: bool,
    ) -> Card<'a> {
        let item = digest_item.item;
        let (written_in, text) = item.text_for(self.language);
        let words = &self.locale.letter;
        let why = Why {
            forum: self.forum,
            locale: self.locale,
            language: self.language,
            chooser: self.masthead.reply_name.as_deref(),
            discreet,
        };
        let title = plain_line(&text.title);
        let (action, action_link) = self.action(item).unzip();
        let (day, when, date_and_when) = match self.event(item, text) {
            (day, Some(_), Some(date_and_when)) if digest_item.correction => {
                let told = self.told_change(item, (written_in, text), date_and_when);
                (day, Some(told.clone()), Some(told))
            }
            event => event,
        };
        Card {
            words,
            section: section.word(),
            heading: opens.then(|| section.heading(self.locale)),
            lang: (written_in != self.language).then(|| written_in.tag()),
            paragraphs: self.paragraphs(item.kind, text).into_iter().chain(self.promises(item)).collect(),
            due: self.due(item),
            contact: item.contact.as_ref().map(|contact| self.contact(contact)),
            day,
            when,
            date_and_when,
            from: self.from(item, written_in),
            why: why.line(digest_item, reasons),
            action,
            links: self.links(item, action_link),
            title: if digest_item.correction { fill(&words.correction, &[("title", &title)]) } else { title },
        }
    }

    /// The title of an item over the cap, with its deadline or date; of one that closes before it comes until when first,
    /// if it has no such date or closes before it.
    pub(super) fn carried_title(&self, item: &Item, later: Later) -> CarriedTitle {
        let (written_in, text) = item.text_for(self.language);
        let own = self.due(item).or_else(|| self.event(item, text).2);
        let tells_close = later == Later::MayClose && (own.is_none() || item.can_close_later());
        let until = self.open_until(item).filter(|_| tells_close);
        let when: Vec<String> = until.into_iter().chain(own).collect();
        CarriedTitle {
            lang: (written_in != self.language).then(|| written_in.tag()),
            title: plain_line(&text.title),
            when: (!when.is_empty()).then(|| when.join(" ")),
            links: CarriedLinks { item: self.item_link(item, "") },
        }
    }

    /// `Aktuell til tirsdag 26. januar.`
    fn open_until(&self, item: &Item) -> Option<String> {
        let Today { day: today, zone } = self.today;
        let close = match item.expires_at {
            Some(at) => Moment::exact(at),
            // So many days after it went out: no hour that anybody chose.
            None => {
                let at = item.closes_at()?;
                Moment { at, day: Some(local_day(at, zone)) }
            }
        };
        let date = self.locale.deadline(close, zone, today);
        Some(fill(&self.locale.letter.open_until, &[("date", &date)]))
    }

    /// Two lines; of minutes what was achieved, then on one line how and what comes next.
    fn paragraphs(&self, kind: Kind, text: &ItemText) -> Vec<String> {
        let words = &self.locale.letter;
        let given = |answer: &Option<String>, max| {
            answer.as_deref().map(|a| in_sentences(a, max)).filter(|a| !a.is_empty())
        };
        let minutes = &text.minutes;
        let mut paragraphs = vec![];
        if kind == Kind::Minutes {
            let how_and_next: Vec<String> =
                [(&words.how, &minutes.how, HOW_MAX), (&words.next, &minutes.next, LEAD_MAX)]
                    .into_iter()
                    .filter_map(|(pattern, answer, max)| {
                        Some(fill(pattern, &[("text", &given(answer, max)?)]))
                    })
                    .collect();
            paragraphs = vec![given(&minutes.achieved, LEAD_MAX).unwrap_or_default(), how_and_next.join(" ")];
            paragraphs.retain(|p| !p.is_empty());
        }
        if paragraphs.is_empty() {
            paragraphs.extend(Some(text.gist(LEAD_MAX)).filter(|p| !p.is_empty()));
        }
        paragraphs
    }

    fn due(&self, item: &Item) -> Option<String> {
        let words = &self.locale.letter;
        let (pattern, due) = match &item.fields {
            Fields::Request { wanted_by } => (&words.due_request, (*wanted_by)?),
            Fields::Call { deadline } => (&words.due_call, (*deadline)?),
            Fields::Plain | Fields::Minutes { .. } | Fields::Event { .. } => return None,
        };
        let date = self.locale.deadline(due, self.today.zone, self.today.day);
        Some(fill(pattern, &[("date", &date)]))
    }

    fn contact(&self, contact: &Contact) -> CardContact {
        let before = self.locale.letter.contact.split('{').next().unwrap_or("").to_owned();
        let phone = contact.phone.as_deref().and_then(find_line);
        let dial: Option<String> =
            phone.as_deref().map(|p| p.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect());
        CardContact {
            before,
            name: plain_line(&contact.name),
            email: contact.address().map(|a| a.as_str().to_owned()),
            mailto: contact.address().map(|a| a.mailto()),
            phone,
            dial: dial.filter(|d| d.len() >= 5),
        }
    }

    fn event(&self, item: &Item, text: &ItemText) -> (Option<CardDay>, Option<String>, Option<String>) {
        let Fields::Event { starts_at: Some(starts_at), ends_at, .. } = &item.fields else {
            return (None, None, None);
        };
        let (zone, today) = (self.today.zone, self.today.day);
        let (number, month) = self.locale.day_block(*starts_at, zone);
        let span = Span::new(*starts_at, *ends_at, zone);
        (
            Some(CardDay { number, month }),
            Some(with_place(&self.locale.event_time(span, today), text)),
            Some(with_place(&self.locale.event_date_and_time(span, today), text)),
        )
    }

    /// When and where, as who got an earlier version must hear it: `Ny tid: torsdag 8. april kl. 9–15.`
    fn told_change(
        &self,
        item: &Item,
        (written_in, text): (Language, &ItemText),
        date_and_when: String,
    ) -> String {
        let words = &self.locale.letter;
        let Fields::Event { starts_at: Some(starts_at), ends_at, changed, .. } = &item.fields else {
            return date_and_when;
        };
        let pattern = match (changed.time, changed.place.contains(&written_in)) {
            (true, true) => &words.new_time_and_place,
            (true, false) => &words.new_time,
            (false, true) => &words.new_place,
            (false, false) => return date_and_when,
        };
        let when = self.locale.event_in_sentence(*starts_at, *ends_at, self.today.zone, self.today.day);
        fill(pattern, &[("when", &with_place(&when, text))])
    }

    /// Where it is from (`Referat fra kompetansegruppe helse.`), what it carries, its language if that is another.
    fn from(&self, item: &Item, written_in: Language) -> Vec<String> {
        let words = &self.locale.letter;
        let (pattern, source) = match (&item.fields, item.kind) {
            (Fields::Minutes { group: Some(group), .. }, _) => {
                (&words.minutes_from, Some(name_in_sentence(self.forum, *group, self.language)))
            }
            (_, Kind::Minutes) => (&words.minutes_from, self.source(item)),
            (_, Kind::Research) => (&words.research_from, self.source(item)),
            (_, Kind::Experience) => (&words.experience_from, self.source(item)),
            (_, Kind::Tip) => (&words.tip_from, self.source(item)),
            (_, Kind::Event | Kind::Article | Kind::Request | Kind::Call) => (&words.from, self.source(item)),
        };
        let from = source.map(|source| fill(pattern, &[("source", &source)]));
        let language = (written_in != self.language).then(|| words.in_language[&written_in].clone());
        from.into_iter().chain(self.files(item)).chain(language).collect()
    }

    /// `2 vedlegg.`
    fn files(&self, item: &Item) -> Option<String> {
        let count = item.files.to_string();
        let pattern = self.locale.letter.files.for_count(item.files);
        (item.files > 0).then(|| fill(pattern, &[("count", &count)]))
    }

    fn source(&self, item: &Item) -> Option<String> {
        item.source.map(|source| plain_line(self.forum.name_of(source, self.language)))
    }

    /// The one verb: its label and where it leads.
    fn action(&self, item: &Item) -> Option<(&'a str, String)> {
        let words = &self.locale.letter;
        match &item.fields {
            Fields::Request { .. } if item.wanted() == Some(Wanted::Answer) => {
                Some((&words.respond, self.item_link(item, "/help")))
            }
            Fields::Request { .. } => Some((&words.help, self.item_link(item, "/help"))),
            Fields::Call { .. } => Some((&words.read_call, self.item_link(item, ""))),
            Fields::Event { registration_url: Some(url), .. } => {
                Some((&words.register, ascii_web_address(url)?))
            }
            Fields::Event { .. } | Fields::Plain | Fields::Minutes { .. } => None,
        }
    }

    /// The button's link in plain text, unless it stands there anyway.
    fn action_text(&self, item: &Item, link: &str) -> Option<String> {
        (link != self.item_link(item, "")).then(|| link.to_owned())
    }

    fn links(&self, item: &Item, action: Option<String>) -> CardLinks {
        let is_event = matches!(item.fields, Fields::Event { starts_at: Some(_), .. });
        let page = || format!("{}/i/{}", self.masthead.base_url, percent_encode(&item.slug, b"-_."));
        CardLinks {
            item: self.item_link(item, ""),
            not_for_me: self.item_link(item, "/not-for-me"),
            // Whom a link is passed on to has no token, and only public items have a page without one: of others the
            // link leads to a page for the reader that says who may have it.
            share: match item.visibility {
                Visibility::Public => page(),
                _ => self.item_link(item, "/share"),
            },
            calendar: is_event.then(|| self.item_link(item, "/event.ics")),
            action_text: action.as_deref().and_then(|link| self.action_text(item, link)),
            action,
            answers: matches!(item.fields, Fields::Event { .. }).then(|| CardAnswers {
                coming: self.item_link(item, "/answer/coming"),
                not_coming: self.item_link(item, "/answer/not_coming"),
                sending: self.item_link(item, "/answer/sending"),
            }),
        }
    }

    fn item_link(&self, item: &Item, rest: &str) -> String {
        letter_link(self.masthead, &format!("/item/{}{rest}", percent_encode(&item.public_id, b"-_")))
    }
}

/// When an event is, and where: `Torsdag 8. april kl. 9–15, Fylkeshuset.`
fn with_place(when: &str, text: &ItemText) -> String {
    match text.place.as_deref().and_then(find_line) {
        Some(place) => format!("{when}, {}.", place.trim_end_matches('.')),
        None => format!("{when}."),
    }
}

/// A link that only this letter's token opens.
pub(super) fn letter_link(masthead: &Masthead, rest: &str) -> String {
    format!("{}/l/{}{rest}", masthead.base_url, Slot::LetterToken.mark())
}
