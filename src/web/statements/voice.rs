//! The two voices of what is said of personal data: to the person whom it concerns (GDPR art. 13 and 14), and to the authority
//! that reads the controller's record (art. 30).

use std::collections::BTreeMap;

use crate::web::words::Words;

/// Whom it is said to.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) enum SaidTo {
    /// The recipient: "you".
    Person,
    /// Whoever reads the controller's record: "recipients".
    Authority,
}

/// What is said otherwise to one than to the other.
pub(super) struct Voice<'w> {
    pub(super) unset: &'w String,
    pub(super) purpose: &'w String,
    pub(super) data: &'w String,
    pub(super) data_text: &'w String,
    pub(super) data_answers: &'w String,
    pub(super) sources: &'w String,
    pub(super) processors_unset: &'w String,
    pub(super) tracking: &'w String,
    pub(super) cookies: &'w String,
    pub(super) rights: &'w String,
    pub(super) rights_text: &'w String,
    pub(super) complain: &'w String,
    /// How long each kind of data stays, by its word.
    pub(super) kept: &'w BTreeMap<String, String>,
}

impl<'w> Voice<'w> {
    /// The words for whom it is said to.
    pub(super) fn new(words: &'w Words, to: SaidTo) -> Voice<'w> {
        match to {
            SaidTo::Person => Voice::to_person(words),
            SaidTo::Authority => Voice::to_authority(words),
        }
    }

    fn to_person(words: &'w Words) -> Voice<'w> {
        let (own, more) = (&words.privacy, &words.statements.privacy);
        Voice {
            unset: &own.unset,
            purpose: &own.purpose_text,
            data: &own.data,
            data_text: &own.data_text,
            data_answers: &more.data_answers,
            sources: &more.sources_text,
            processors_unset: &more.processors_unset,
            tracking: &own.tracking_text,
            cookies: &more.cookies_text,
            rights: &own.rights,
            rights_text: &own.rights_text,
            complain: &more.complain,
            kept: &words.statements.kept,
        }
    }

    fn to_authority(words: &'w Words) -> Voice<'w> {
        let own = &words.statements.record;
        Voice {
            unset: &own.unset,
            purpose: &own.purpose_text,
            data: &own.data,
            data_text: &own.data_text,
            data_answers: &own.data_answers,
            sources: &own.sources_text,
            processors_unset: &own.processors_unset,
            tracking: &own.tracking_text,
            cookies: &own.cookies_text,
            rights: &own.rights,
            rights_text: &own.rights_text,
            complain: &own.complain,
            kept: &words.statements.record_kept,
        }
    }
}
