//! Short mails on their way into the queue: who gets one, in which language, and how long it makes sense.

use chrono::{DateTime, TimeDelta, Utc};

use crate::forum::{EmailAddress, Forum, Language};
use crate::ids::RecipientId;
use crate::letter::Notice;
use crate::store::{NewNotice, Store, StoreError};

/// The language in which whoever has the address reads: as an account, else as a recipient, else the forum's.
pub async fn language_of(store: &Store, forum: &Forum, address: &str) -> Result<Language, StoreError> {
    let tag = store.find_language_of(address).await?;
    Ok(tag.and_then(|tag| tag.parse().ok()).unwrap_or(forum.settings.language))
}

/// A short mail with what its kind says, so that a [`NewNotice`] can borrow from it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadyNotice {
    kind: String,
    details: serde_json::Value,
    recipient: Option<RecipientId>,
    address: String,
    language: Language,
    due_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl ReadyNotice {
    /// A short mail that goes at once, and within `lasting` or not at all. `now` is real time.
    pub fn new(
        notice: &Notice,
        (recipient, address, language): (Option<RecipientId>, &EmailAddress, Language),
        now: DateTime<Utc>,
        lasting: TimeDelta,
    ) -> ReadyNotice {
        let (kind, details) = notice.stored();
        ReadyNotice {
            kind,
            details,
            recipient,
            address: address.as_str().to_owned(),
            language,
            due_at: now,
            expires_at: now + lasting,
        }
    }

    /// The same, not before `due_at` (real time); it then makes sense as long as it would have now.
    pub fn not_before(self, due_at: DateTime<Utc>) -> ReadyNotice {
        let lasting = self.expires_at - self.due_at;
        ReadyNotice { due_at, expires_at: due_at + lasting, ..self }
    }

    /// As the store takes it: `tx.queue_notice(now, &ready.as_new())`.
    pub fn as_new(&self) -> NewNotice<'_> {
        NewNotice {
            kind: &self.kind,
            recipient: self.recipient,
            address: &self.address,
            language: self.language.tag(),
            details: self.details.clone(),
            due_at: self.due_at,
            expires_at: self.expires_at,
        }
    }
}
