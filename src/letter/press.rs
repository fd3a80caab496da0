//! The press: writes an edition's letters from pieces that are rendered and encoded once.
//!
//! A frame is made once per language and reading time, a card once per item version, language and reasons (and
//! whether what those name is the reader's own, and whether it opens its section). Writing a letter is looking pieces up.

use std::collections::HashMap;
use std::sync::Arc;

use super::assemble::Letter;
use super::built_in::TemplateError;
use super::card::{CardMaker, letter_link};
use super::context::{Carried, HandoverLinks, HandoverText, IntroductionLinks, IntroductionText};
use super::dates::{Today, local_day};
use super::encode::{encode_html, encode_lines};
use super::frame::frame_piece;
use super::header;
use super::locale::{LetterWords, fill};
use super::masthead::Masthead;
use super::piece::{SEGMENT_END, hash_of_piece};
use super::reading::{Read, minutes_to_read};
use super::section::{Later, Section, in_sections};
use super::subject::{handover_subject, subject};
use super::templates::Letters;
use super::view::{Addressee, DigestItem, DigestView, EditionFacts, Handover, Introduction};
use super::why::{OwnedReason, name_in_sentence, owned};
use super::wrap::wrap_text;
use crate::content::{Item, markdown::in_sentences};
use crate::forum::{Basis, Forum, Language, TermIx, percent_encode, plain_line};
use crate::ids::ItemId;
use crate::matching::Because;

/// What a group promised, in a hand-over, in characters: no title beside it leads to the rest.
const PROMISE_MAX: usize = 600;

/// Writes the letters of one edition. Keeps every piece's hash; the bytes go out by [`Press::take_pieces`].
#[derive(Debug)]
pub struct Press<'a> {
    letters: &'a Letters,
    forum: &'a Forum,
    masthead: &'a Masthead,
    edition: EditionFacts,
    today: Today,
    made: HashMap<Key, Made>,
    fresh: Vec<(String, Vec<u8>)>,
}

/// What a piece is made of: equal keys give equal pieces.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Frame(Language, usize),
    Card {
        item: (ItemId, i64),
        language: Language,
        reasons: Arc<[OwnedReason]>,
        because: Because,
        section: Section,
        opens: bool,
        discreet: bool,
        correction: bool,
    },
    CarriedHeading(Language, bool, Later),
    CarriedTitle(ItemId, i64, Language, Later),
    Introduction(Language, String),
    Handover(Language, String),
    Promised(Language, String),
}

/// A piece that was made.
#[derive(Debug, Clone)]
struct Made {
    hash: String,
    /// Words that are read, for the reading time.
    words: usize,
}

impl<'a> Press<'a> {
    /// A press for one edition.
    pub fn new(
        letters: &'a Letters,
        forum: &'a Forum,
        masthead: &'a Masthead,
        edition: EditionFacts,
    ) -> Press<'a> {
        let zone = masthead.zone;
        let today = Today { day: local_day(edition.dated_at, zone), zone };
        Press { letters, forum, masthead, edition, today, made: HashMap::new(), fresh: vec![] }
    }

    /// Writes one letter. The same input gives the same letter, whatever was written before.
    ///
    /// # Errors
    /// Only an operator's own template that takes a wrong turn where no sample led it.
    pub fn write(&mut self, to: &Addressee<'_>, view: &DigestView<'_>) -> Result<Letter, TemplateError> {
        let mut chosen: Vec<Made> = vec![];
        let sorted = in_sections(view);
        let (inherited, others) =
            sorted.split_at(sorted.partition_point(|(section, _)| *section == Section::Handover));
        for handover in &view.handovers {
            let mut own =
                inherited.iter().filter(|(_, item)| item.handover == Some(handover.group)).peekable();
            chosen.push(self.handover(to, handover, own.peek().is_some())?);
            for (section, digest_item) in own {
                chosen.push(self.card(to, digest_item, *section, false)?);
            }
        }
        if !to.promises.is_empty() {
            chosen.push(self.promised(to)?);
        }
        let mut before = None;
        for (section, digest_item) in others {
            let opens = before != Some(*section);
            before = Some(*section);
            chosen.push(self.card(to, digest_item, *section, opens)?);
        }
        for (later, items) in [(Later::MayClose, &view.closing), (Later::Comes, &view.carried_over)] {
            if !items.is_empty() {
                chosen.push(self.carried_heading(to.language, items.len() == 1, later)?);
            }
            for item in items {
                chosen.push(self.carried_title(to.language, item, later)?);
            }
        }
        if let Some(introduction) = &to.introduction {
            chosen.push(self.introduction(to, introduction)?);
        }
        let minutes = minutes_to_read(chosen.iter().map(|made| made.words).sum());
        let frame = self.frame(to.language, minutes)?;
        let pieces = std::iter::once(frame).chain(chosen).map(|made| made.hash).collect();
        let locale = self.letters.locale(to.language);
        let name = plain_line(to.name);
        Ok(Letter {
            pieces,
            to: header::folded("To", &header::mailbox(&name, to.email.as_str())),
            subject: header::folded("Subject", &header::text(&self.subject(to, view, &sorted))),
            greeting: match name.as_str() {
                "" => locale.letter.greeting_without_name.clone(),
                name => fill(&locale.letter.greeting, &[("name", name)]),
            },
            message_id: plain_line(view.message_id).replace(['<', '>', ' '], ""),
            key_id: to.key_id,
            promises: to.promises.iter().map(|promise| promise.id).collect(),
            promised_days: to.promises.iter().map(|promise| promise.by).collect(),
            token_version: (to.token_version & 0xFFFF) as u16,
            birth_mark: to.birth_mark,
        })
    }

    /// The pieces made since the last call, with their hashes, for storing.
    pub fn take_pieces(&mut self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut self.fresh)
    }

    fn subject(
        &self,
        to: &Addressee<'_>,
        view: &DigestView<'_>,
        sorted: &[(Section, &DigestItem<'_>)],
    ) -> String {
        let (language, locale) = (to.language, self.letters.locale(to.language));
        match (view.handovers.as_slice(), sorted.first()) {
            ([], Some((section, first))) => {
                subject(locale, language, (*section, first), sorted.len() - 1, self.today)
            }
            ([], None) => self.masthead.forum_name.clone(),
            ([one], _) if !to.discreet => {
                let group = name_in_sentence(self.forum, one.group, language);
                handover_subject(locale, Some(&group), sorted.len())
            }
            _ => handover_subject(locale, None, sorted.len()),
        }
    }

    fn maker(&self, language: Language) -> CardMaker<'a> {
        CardMaker {
            forum: self.forum,
            masthead: self.masthead,
            locale: self.letters.locale(language),
            language,
            today: self.today,
        }
    }

    fn frame(&mut self, language: Language, minutes: usize) -> Result<Made, TemplateError> {
        let (letters, masthead, edition, today) = (self.letters, self.masthead, self.edition, self.today);
        self.made(Key::Frame(language, minutes), |_| {
            Ok((frame_piece(letters, masthead, language, edition, today, minutes)?, 0))
        })
    }

    fn card(
        &mut self,
        to: &Addressee<'_>,
        digest_item: &DigestItem<'_>,
        section: Section,
        opens: bool,
    ) -> Result<Made, TemplateError> {
        let item = digest_item.item;
        let reasons: Arc<[_]> =
            owned(self.forum, digest_item.reasons, (to.seats, to.follows), self.edition.dated_at).collect();
        let key = Key::Card {
            item: (item.id, item.version),
            language: to.language,
            reasons: reasons.clone(),
            because: digest_item.because,
            section,
            opens,
            discreet: to.discreet,
            correction: digest_item.correction,
        };
        let maker = self.maker(to.language);
        self.made(key, |letters| {
            render_piece(letters, "card", &maker.card(digest_item, &reasons, section, opens, to.discreet))
        })
    }

    /// The template takes the heading from its words: so do the operator's own, and those that an edition was opened with
    /// before titles were told apart.
    fn carried_heading(
        &mut self,
        language: Language,
        single: bool,
        later: Later,
    ) -> Result<Made, TemplateError> {
        let words = &self.letters.locale(language).letter;
        let read_now = words.read_now.for_count(if single { 1 } else { 2 });
        self.made(Key::CarriedHeading(language, single, later), |letters| {
            let closing = (later == Later::MayClose)
                .then(|| LetterWords { carried: words.closing.clone(), ..words.clone() });
            render_piece(letters, "carried", &Carried { words: closing.as_ref().unwrap_or(words), read_now })
        })
    }

    fn carried_title(
        &mut self,
        language: Language,
        item: &Item,
        later: Later,
    ) -> Result<Made, TemplateError> {
        let maker = self.maker(language);
        self.made(Key::CarriedTitle(item.id, item.version, language, later), |letters| {
            render_piece(letters, "carried_title", &maker.carried_title(item, later))
        })
    }

    fn introduction(
        &mut self,
        to: &Addressee<'_>,
        introduction: &Introduction<'_>,
    ) -> Result<Made, TemplateError> {
        let (language, locale) = (to.language, self.letters.locale(to.language));
        let words = &locale.introduction;
        let (from, purpose) = match plain_line(to.name).is_empty() {
            true => (&words.source_without_name, &words.purpose_without_name),
            false => (&words.source, &words.purpose),
        };
        let source = plain_line(introduction.source.unwrap_or(&words.project_lead));
        let date = locale.day(introduction.recorded_on, self.today.day);
        let basis = match introduction.basis {
            Basis::PublicTask if introduction.is_seated => &words.public_task,
            Basis::PublicTask => &words.public_task_without_seat,
            Basis::LegitimateInterest => &words.legitimate_interest,
            Basis::LegalObligation => &words.legal_obligation,
            Basis::Contract => &words.contract,
            Basis::Consent => &words.consent,
        };
        let controller = self.masthead.controller.as_deref().unwrap_or(&self.masthead.forum_name);
        let contact =
            self.masthead.privacy_contact.as_deref().unwrap_or(self.masthead.reply_address.as_str());
        let facts = [
            ("forum", &*self.masthead.forum_name),
            ("date", &date),
            ("source", source.trim_end_matches('.')),
        ];
        let own = plain_line(self.masthead.welcome.in_language(language, ""));
        let told = [
            format!("{} {purpose} {basis}", fill(from, &facts)),
            format!(
                "{} {} {}",
                words.rights,
                fill(&words.controller, &[("controller", controller)]),
                fill(&words.contact, &[("contact", contact)])
            ),
        ];
        let sentences: Vec<String> =
            Some(own).filter(|own| !own.is_empty()).into_iter().chain(told).collect();
        let links = IntroductionLinks { privacy: letter_link(self.masthead, "/privacy") };
        self.made(Key::Introduction(language, sentences.concat()), |letters| {
            let context = IntroductionText {
                heading: &words.heading,
                sentences,
                privacy: &locale.letter.privacy,
                links,
            };
            render_piece(letters, "introduction", &context)
        })
    }

    fn handover(
        &mut self,
        to: &Addressee<'_>,
        handover: &Handover<'_>,
        brings_items: bool,
    ) -> Result<Made, TemplateError> {
        let language = to.language;
        let words = &self.letters.locale(language).handover;
        let named = Some(handover.group).filter(|_| !to.discreet);
        let mut place = match named {
            Some(group) => fill(&words.place, &[("group", &name_in_sentence(self.forum, group, language))]),
            None => words.place_discreet.clone(),
        };
        if brings_items {
            place = format!("{place} {}", words.items);
        }
        let promised = handover.promised.map(|p| in_sentences(p, PROMISE_MAX)).filter(|p| !p.is_empty());
        let promised = promised.map(|text| fill(&words.promised, &[("text", &text)]));
        let sentences: Vec<String> = std::iter::once(place).chain(promised).collect();
        let archive = archive_link(self.masthead, self.forum, named);
        self.made(Key::Handover(language, format!("{archive} {}", sentences.concat())), |letters| {
            let context = HandoverText {
                heading: &words.heading,
                sentences,
                older: &words.older,
                archive: &words.archive,
                links: HandoverLinks { archive },
            };
            render_piece(letters, "handover", &context)
        })
    }

    /// What the reader has promised. It stands as a hand-over does: a heading, sentences, a link; and so in the operator's own
    /// templates, and in those that an edition was opened with before there were promises.
    fn promised(&mut self, to: &Addressee<'_>) -> Result<Made, TemplateError> {
        let locale = self.letters.locale(to.language);
        let words = &locale.promised;
        let maker = self.maker(to.language);
        let sentences: Vec<String> =
            to.promises.iter().map(|promise| maker.promise_line(promise, to.discreet)).collect();
        let archive = own_link(self.masthead, "/me/promises");
        self.made(Key::Promised(to.language, sentences.concat()), |letters| {
            let context = HandoverText {
                heading: &words.heading,
                sentences,
                older: &words.tell,
                archive: &words.link,
                links: HandoverLinks { archive },
            };
            render_piece(letters, "handover", &context)
        })
    }

    /// The piece of `key`, made by `make` if it is new.
    fn made(
        &mut self,
        key: Key,
        make: impl FnOnce(&Letters) -> Result<(Vec<u8>, usize), TemplateError>,
    ) -> Result<Made, TemplateError> {
        if let Some(made) = self.made.get(&key) {
            return Ok(made.clone());
        }
        let (bytes, words) = make(self.letters)?;
        let made = Made { hash: hash_of_piece(&bytes), words };
        self.fresh.push((made.hash.clone(), bytes));
        self.made.insert(key, made.clone());
        Ok(made)
    }
}

/// The items of a group, or all, by the link that a device of one's own is opened with: a letter's link alone shows no
/// archive.
fn archive_link(masthead: &Masthead, forum: &Forum, group: Option<TermIx>) -> String {
    let archive = match group {
        Some(group) => format!("/me/items?group={}", forum.terms.term(group).slug),
        None => "/me/items".to_owned(),
    };
    own_link(masthead, &archive)
}

/// A page of the reader's own: a letter's link alone does not open it.
fn own_link(masthead: &Masthead, page: &str) -> String {
    letter_link(masthead, &format!("/link?next={}", percent_encode(page, b"/-_.~")))
}

/// A piece of two segments, text and HTML, and how many words of it are read.
fn render_piece<C: serde::Serialize + Read>(
    letters: &Letters,
    template: &str,
    context: &C,
) -> Result<(Vec<u8>, usize), TemplateError> {
    let text = letters.render(&format!("letter/{template}.txt"), context)?;
    let html = letters.render(&format!("letter/{template}.html"), context)?;
    let text = wrap_text(&text);
    let mut bytes = Vec::with_capacity((text.len() + html.len()) * 5 / 4);
    encode_lines(&text, &mut bytes);
    bytes.push(SEGMENT_END);
    encode_html(&html, &mut bytes);
    bytes.push(SEGMENT_END);
    Ok((bytes, context.count_words()))
}
