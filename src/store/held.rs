//! What doors and rights keep of a person, for their own copy: see [`super::dossier`].

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::came_by::CameByRow;
use super::db::{Tx, args, record};
use super::doors::DeviceRow;
use super::error::StoreError;
use super::rights::LeftPlaceRow;
use crate::ids::RecipientId;

record! {
    /// Something agreed to.
    #[derive(Serialize)]
    pub struct ConsentRow {
        /// The version of the wording.
        pub version: String,
        /// SHA-256 of the wording as it was shown.
        pub text_hash: String,
        /// The wording itself; none if it was not kept then.
        pub text: Option<String>,
        /// sign_up, undo.
        pub source: String,
        /// When.
        pub given_at: DateTime<Utc>,
        /// When it was taken back.
        pub ended_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// An address that they had before.
    #[derive(Serialize)]
    pub struct FormerAddressRow {
        /// The address.
        pub address: String,
        /// Until when.
        pub until_at: DateTime<Utc>,
    }
}

record! {
    /// A short mail outside the letters.
    #[derive(Serialize)]
    pub struct NoticedRow {
        /// Its kind's word.
        pub kind: String,
        /// When it was queued.
        pub queued_at: DateTime<Utc>,
        /// What became of it.
        pub state: String,
        /// When that was known.
        pub settled_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// A link that was good once.
    #[derive(Serialize)]
    pub struct LinkedRow {
        /// What it opened.
        pub purpose: String,
        /// When it was asked for.
        pub asked_at: DateTime<Utc>,
        /// When it was used.
        pub used_at: Option<DateTime<Utc>>,
    }
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldByDoors {
    /// What they agreed to.
    pub consents: Vec<ConsentRow>,
    /// By whose invitations they came.
    pub came_by: Vec<CameByRow>,
    /// Addresses that they had before.
    pub former_addresses: Vec<FormerAddressRow>,
    /// Places that they say they no longer have.
    pub left_places: Vec<LeftPlaceRow>,
    /// Short mails outside the letters.
    pub notices: Vec<NoticedRow>,
    /// Links that were good once.
    pub links: Vec<LinkedRow>,
    /// Devices that are open.
    pub devices: Vec<DeviceRow>,
}

const CONSENTS: &str = "SELECT c.version, c.text_hash, w.text, c.source, c.given_at, c.ended_at
     FROM consent c LEFT JOIN wording w ON w.hash = c.text_hash WHERE c.recipient_id = $1 ORDER BY c.id";
const FORMER: &str = "SELECT address, until_at FROM former_address WHERE recipient_id = $1 ORDER BY id";
const LEFT: &str = "SELECT seat_id, successor_name, successor_email, said_at FROM left_place
     WHERE recipient_id = $1 ORDER BY id";
const NOTICES: &str =
    "SELECT kind, queued_at, state, settled_at FROM notice WHERE recipient_id = $1 ORDER BY id";
const LINKS: &str = "SELECT purpose, asked_at, used_at FROM mail_link WHERE recipient_id = $1 ORDER BY id";
const DEVICES: &str =
    "SELECT id, recipient_id, name, opened_at, expires_at FROM device WHERE recipient_id = $1 ORDER BY id";

impl Tx {
    /// Reads it.
    pub(super) async fn read_held_by_doors(&mut self, id: RecipientId) -> Result<HeldByDoors, StoreError> {
        Ok(HeldByDoors {
            consents: self.all(CONSENTS, args![id]).await?,
            came_by: self.list_came_by(id).await?,
            former_addresses: self.all(FORMER, args![id]).await?,
            left_places: self.all(LEFT, args![id]).await?,
            notices: self.all(NOTICES, args![id]).await?,
            links: self.all(LINKS, args![id]).await?,
            devices: self.all(DEVICES, args![id]).await?,
        })
    }
}
