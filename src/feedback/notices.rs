//! Short mails on their way into the queue: who gets one, in which language, and how long it makes sense.

use chrono::{DateTime, TimeDelta, Utc};

use crate::forum::{EmailAddress, Forum, Language, Recipient};
use crate::ids::RecipientId;
use crate::letter::Notice;
use crate::store::{NewNotice, Store, StoreError};

/// The language in which whoever has the address reads: as an account, else as a recipient, else the forum's.
pub async fn language_of(store: &Store, forum: &Forum, address: &str) -> Result<Language, StoreError> {
    let tag = store.find_language_of(address).await?;
    Ok(tag.and_then(|tag| tag.parse().ok()).unwrap_or(forum.settings.language))
}

/// Who gets a short mail, and in which language.
#[derive(Debug, Clone, Copy)]
pub struct NoticeReader<'a> {
    /// Whose data it is, if anyone's.
    pub recipient: Option<RecipientId>,
    /// Where it goes.
    pub address: &'a EmailAddress,
    /// The reader's language.
    pub language: Language,
}

impl<'a> From<&'a Recipient> for NoticeReader<'a> {
    fn from(person: &'a Recipient) -> NoticeReader<'a> {
        NoticeReader { recipient: Some(person.id), address: &person.email, language: person.language }
    }
}

/// A short mail that goes at once, and within `lasting` or not at all. `now` is real time.
pub fn write_notice(
    notice: &Notice,
    to: NoticeReader<'_>,
    now: DateTime<Utc>,
    lasting: TimeDelta,
) -> NewNotice {
    let (kind, details) = notice.stored();
    NewNotice {
        kind,
        recipient: to.recipient,
        address: to.address.as_str().to_owned(),
        language: to.language.tag().to_owned(),
        details,
        due_at: now,
        expires_at: now + lasting,
    }
}
