//! The typed contexts of templates, and samples of each: what a template may name is what stands here.

use serde::Serialize;

use super::locale::{LetterWords, Locale};
use super::piece::Slot;
use super::section::Section;
use crate::forum::Language;

/// `letter/frame`: everything around the items.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Frame<'a> {
    /// The language of the letter.
    pub language: &'a str,
    pub words: &'a LetterWords,
    pub forum_name: &'a str,
    pub postal_address: Option<&'a str>,
    /// A sentence about the forum.
    pub about: Option<&'a str>,
    pub logo: Option<FrameLogo>,
    /// `mandag 8. mars`
    pub date: String,
    /// `Lesetid ett minutt`
    pub reading_time: String,
    pub preheader: String,
    /// Who reads replies.
    pub reply: String,
    pub slots: FrameSlots,
    pub links: FrameLinks,
}

/// The picture at the head, which travels in the letter; its size in pixels.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FrameLogo {
    pub url: &'static str,
    pub width: u32,
    pub height: u32,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct FrameSlots {
    /// Whose letter it is.
    pub greeting: String,
    /// Where the items stand.
    pub cards: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct FrameLinks {
    pub unsubscribe: String,
    pub preferences: String,
    pub own_pages: String,
    pub send_in: String,
    pub privacy: String,
    pub accessibility: String,
    pub hit: String,
    pub miss: String,
}

impl Frame<'_> {
    /// Parts the rendered frame where the items go.
    pub(super) const CARDS: &'static str = "\u{2}";
}

/// `letter/card`: one item.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Card<'a> {
    pub words: &'a LetterWords,
    /// handover, answer, must_read, news or dates.
    pub section: &'static str,
    /// The section's heading, with its first item.
    pub heading: Option<&'a str>,
    /// The language of the item, if it is not that of the letter.
    pub lang: Option<&'static str>,
    /// With the mark of a correction, if it is one.
    pub title: String,
    /// Two lines, or the answers of minutes.
    pub paragraphs: Vec<String>,
    /// `Svar innen fredag 12. mars.`
    pub due: Option<String>,
    pub contact: Option<CardContact>,
    /// An event's day block.
    pub day: Option<CardDay>,
    /// When and where, beside the day block: `Torsdag kl. 9–15, fylkeshuset.`
    pub when: Option<String>,
    /// The same with the date: `Torsdag 8. april kl. 9–15, fylkeshuset.`
    pub date_and_when: Option<String>,
    /// Where it is from, how many files it carries, and its language if that is another.
    pub from: Vec<String>,
    /// Why the recipient gets it.
    pub why: String,
    /// The one verb as a button.
    pub action: Option<&'a str>,
    pub links: CardLinks,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct CardContact {
    /// `Kontakt: `
    pub before: String,
    pub name: String,
    pub email: Option<String>,
    /// The link that writes to it.
    pub mailto: Option<String>,
    pub phone: Option<String>,
    /// What comes after `tel:`.
    pub dial: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct CardDay {
    pub number: String,
    pub month: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct CardLinks {
    pub item: String,
    pub not_for_me: String,
    /// Where one passes it on.
    pub share: String,
    pub calendar: Option<String>,
    /// Where the button leads.
    pub action: Option<String>,
    /// The same for the text part, unless it is the item's own link, which stands there anyway. A link, so that the
    /// letter's token may stand in it.
    pub action_text: Option<String>,
    /// Where one answers an event.
    pub answers: Option<CardAnswers>,
}

/// The pages that ask whether one comes, each with that answer chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CardAnswers {
    pub coming: String,
    pub not_coming: String,
    pub sending: String,
}

/// `letter/carried`: the heading of what comes next time.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Carried<'a> {
    pub words: &'a LetterWords,
    /// `Du kan lese dem nå.`
    pub read_now: &'a str,
}

/// `letter/carried_title`: one item that comes next time.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CarriedTitle {
    /// The language of the title, if it is not that of the letter.
    pub lang: Option<&'static str>,
    pub title: String,
    /// `Frist: fredag 12. mars.`, `Torsdag 8. april kl. 9–15, fylkeshuset.`
    pub when: Option<String>,
    pub links: CarriedLinks,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct CarriedLinks {
    pub item: String,
}

/// `letter/introduction`: what the first letter tells besides (GDPR art. 14).
#[derive(Debug, Clone, Serialize)]
pub(super) struct IntroductionText<'a> {
    pub heading: &'a str,
    /// Source, purpose, basis, rights, who answers.
    pub sentences: Vec<String>,
    pub privacy: &'a str,
    pub links: IntroductionLinks,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct IntroductionLinks {
    pub privacy: String,
}

/// `letter/handover`: the head of a successor's first letter.
#[derive(Debug, Clone, Serialize)]
pub(super) struct HandoverText<'a> {
    pub heading: &'a str,
    pub sentences: Vec<String>,
    /// Where what is older is found.
    pub older: &'a str,
    /// The link to it.
    pub archive: &'a str,
    pub links: HandoverLinks,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct HandoverLinks {
    pub archive: String,
}

/// One of each, to prove at start that a template renders.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Sample<'a> {
    Frame(Box<Frame<'a>>),
    Card(Box<Card<'a>>),
    Carried(Carried<'a>),
    CarriedTitle(CarriedTitle),
    Introduction(IntroductionText<'a>),
    Handover(HandoverText<'a>),
}

impl<'a> Sample<'a> {
    /// Samples that take every branch: with everything, and with as little as there can be.
    pub(super) fn all(locale: &'a Locale, language: Language) -> Vec<Sample<'a>> {
        let mut samples = vec![
            Sample::Frame(Box::new(sample_frame(locale, language, Some("Fylkeshuset")))),
            Sample::Frame(Box::new(sample_frame(locale, language, None))),
            Sample::Carried(Carried { words: &locale.letter, read_now: &locale.letter.read_now.other }),
            sample_carried_title(None, None),
            sample_carried_title(Some("nn"), Some("Frist: fredag.")),
            Sample::Introduction(IntroductionText {
                heading: &locale.introduction.heading,
                sentences: vec!["Setning.".into()],
                privacy: &locale.letter.privacy,
                links: IntroductionLinks { privacy: link("privacy") },
            }),
            Sample::Handover(HandoverText {
                heading: &locale.handover.heading,
                sentences: vec!["Setning.".into()],
                older: &locale.handover.older,
                archive: &locale.handover.archive,
                links: HandoverLinks { archive: link("link?next=/me/items%3Fgroup%3Dhealth") },
            }),
        ];
        for section in [Section::Handover, Section::Answer, Section::MustRead, Section::News, Section::Dates]
        {
            for options in 0..8u8 {
                samples.push(Sample::Card(Box::new(sample_card(locale, section, options))));
            }
        }
        samples
    }

    /// The template without `letter/` and ending.
    pub(super) fn template(&self) -> &'static str {
        match self {
            Sample::Frame(_) => "frame",
            Sample::Card(_) => "card",
            Sample::Carried(_) => "carried",
            Sample::CarriedTitle(_) => "carried_title",
            Sample::Introduction(_) => "introduction",
            Sample::Handover(_) => "handover",
        }
    }

    /// What the output must hold, and how a template writes it.
    pub(super) fn must_hold(&self) -> Vec<(String, &'static str)> {
        match self {
            Sample::Frame(frame) => vec![
                (Slot::UnsubscribeToken.mark(), "{{ links.unsubscribe }}"),
                (frame.forum_name.to_owned(), "{{ forum_name }}, the sender"),
                (frame.slots.cards.to_owned(), "{{ slots.cards }}, the items"),
            ],
            Sample::Card(card) => vec![
                (card.why.clone(), "{{ why }}, the reason"),
                (card.title.clone(), "{{ title }}"),
                (card.links.item.clone(), "{{ links.item }}"),
            ],
            Sample::Carried(_) => vec![],
            Sample::CarriedTitle(carried) => vec![(carried.title.clone(), "{{ title }}")],
            Sample::Introduction(text) => vec![(text.sentences[0].clone(), "{{ sentences }}")],
            Sample::Handover(text) => vec![(text.sentences[0].clone(), "{{ sentences }}")],
        }
    }
}

fn link(what: &str) -> String {
    format!("https://forum.example/l/{}/{what}", Slot::LetterToken.mark())
}

fn sample_carried_title(lang: Option<&'static str>, when: Option<&str>) -> Sample<'static> {
    Sample::CarriedTitle(CarriedTitle {
        lang,
        title: "Tittel".into(),
        when: when.map(str::to_owned),
        links: CarriedLinks { item: link("item") },
    })
}

fn sample_frame<'a>(locale: &'a Locale, language: Language, postal_address: Option<&'a str>) -> Frame<'a> {
    Frame {
        language: language.tag(),
        words: &locale.letter,
        forum_name: "Kompetanseforum Eksempel",
        postal_address,
        about: postal_address,
        logo: postal_address.map(|_| FrameLogo { url: "cid:logo", width: 48, height: 48 }),
        date: "8. mars".into(),
        reading_time: locale.reading_time(1),
        preheader: "Fra forumet.".into(),
        reply: "Svar gjerne.".into(),
        slots: FrameSlots { greeting: Slot::GreetingHtml.mark(), cards: Frame::CARDS },
        links: FrameLinks {
            unsubscribe: format!("https://forum.example/u/{}", Slot::UnsubscribeToken.mark()),
            preferences: link("preferences"),
            own_pages: link("link"),
            send_in: link("send-in"),
            privacy: link("privacy"),
            accessibility: format!("https://forum.example/accessibility?lang={language}"),
            hit: link("hit"),
            miss: link("miss"),
        },
    }
}

/// A card with everything (7), with next to nothing (0), and those between: bit 0 asks for what the
/// text has, bit 1 for what its place in the letter has, bit 2 for a contact in full.
fn sample_card(locale: &Locale, section: Section, options: u8) -> Card<'_> {
    let (rich, placed, full) = (options & 1 != 0, options & 2 != 0, options & 4 != 0);
    let some = |wanted: bool, text: &str| wanted.then(|| text.to_owned());
    Card {
        words: &locale.letter,
        section: section.word(),
        heading: placed.then(|| section.heading(locale)),
        lang: placed.then_some("en"),
        title: "Tittel".into(),
        paragraphs: if rich { vec!["Første.".into(), "Andre.".into()] } else { vec![] },
        due: some(rich, "Svar innen fredag."),
        contact: (rich || full).then(|| CardContact {
            before: "Kontakt: ".into(),
            name: "Kari Nes".into(),
            email: some(full, "kari@example.test"),
            mailto: some(full, "mailto:kari@example.test"),
            phone: some(full || placed, "900 00 000"),
            dial: some(full, "90000000"),
        }),
        day: rich.then(|| CardDay { number: "8.".into(), month: "april".into() }),
        when: some(rich, "Torsdag kl. 9."),
        date_and_when: some(rich, "Torsdag 8. april kl. 9."),
        from: if rich { vec!["Fra NAV.".into()] } else { vec![] },
        why: "Du følger helse.".into(),
        action: full.then_some("Meld deg på"),
        links: CardLinks {
            item: link("item/1"),
            not_for_me: link("item/1/not-for-me"),
            share: "https://forum.example/i/sak".into(),
            calendar: rich.then(|| link("item/1/event.ics")),
            action: some(full, "https://example.test"),
            action_text: some(full && rich, "https://example.test"),
            answers: rich.then(|| CardAnswers {
                coming: link("item/1/answer/coming"),
                not_coming: link("item/1/answer/not_coming"),
                sending: link("item/1/answer/sending"),
            }),
        },
    }
}
