//! Which versions of items a second person approved, and what waits in letters that are written.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{AccountId, DeliveryId, EditionId, ItemId};

record! {
    /// A version that somebody approved.
    pub struct ItemApprovalRow {
        /// Of which item.
        pub item: ItemId,
        /// Which.
        pub version: i64,
        /// What its files were known by then; empty: it had none.
        pub files: String,
        /// Real time.
        pub approved_at: DateTime<Utc>,
    }
}

record! {
    /// A file of some version of an item.
    pub struct VersionFileRow {
        /// Which item.
        pub item: ItemId,
        /// Which version.
        pub version: i64,
        /// SHA-256 of its bytes in lower-case hex.
        pub hash: String,
        /// As it is called.
        pub name: String,
    }
}

record! {
    /// An item that unsent letters of an edition hold.
    pub struct UnsentItemRow {
        /// Whose letters.
        pub edition: EditionId,
        /// The instant that it stands at.
        pub now_at: DateTime<Utc>,
        /// When it was opened (real time).
        pub opened_at: DateTime<Utc>,
        /// Whether a second person was asked for then.
        pub asks_approval: bool,
        /// Which item.
        pub item: ItemId,
        /// The version that was written.
        pub version: i64,
    }
}

record! {
    /// What a version of an item said, and whom it was for, in one of its languages: of two languages there are two rows.
    pub struct VersionTextRow {
        /// Which version.
        pub version: i64,
        /// As the audience language prints it.
        pub audience: Option<String>,
        /// `public`, `forum`, `group:<slug>`, `only:<slug>`.
        pub visibility: String,
        /// Of the text.
        pub language: String,
        /// As JSON.
        pub text: String,
    }
}

record! {
    /// Moves whenever a change may have been approved, or what may be sent has changed.
    #[derive(Copy, Eq)]
    pub struct ApprovalStamp {
        /// The forum's change number.
        pub change_number: i64,
        /// How many versions were approved.
        pub approvals: i64,
    }
}

const APPROVE: Sql = Sql {
    sqlite: "INSERT INTO item_approval (item_id, version, files, approved_at)
             SELECT value ->> 0, value ->> 1, value ->> 2, $2 FROM json_each($1) WHERE true
             ON CONFLICT (item_id, version, files) DO NOTHING",
    postgres: "INSERT INTO item_approval (item_id, version, files, approved_at)
             SELECT (value ->> 0)::bigint, (value ->> 1)::bigint, value ->> 2, $2
             FROM json_array_elements($1::json) AS value
             ON CONFLICT (item_id, version, files) DO NOTHING",
};

const APPROVALS: Sql =
    in_json_keys!("SELECT item_id, version, files, approved_at FROM item_approval WHERE item_id", "");

const FILES: Sql = in_json_keys!(
    "SELECT item_id, version, hash, name FROM item_attachment WHERE item_id",
    " ORDER BY item_id, version, position"
);

const COUNT_WITH: Sql = Sql {
    sqlite: "SELECT COUNT(DISTINCT d.id) FROM delivery d JOIN delivery_item di ON di.delivery_id = d.id
             WHERE d.edition_id = $1 AND d.state IN ('queued', 'deferred') AND NOT d.resent AND NOT di.returned
               AND di.item_id IN (SELECT value FROM json_each($2))",
    postgres: "SELECT COUNT(DISTINCT d.id) FROM delivery d JOIN delivery_item di ON di.delivery_id = d.id
             WHERE d.edition_id = $1 AND d.state IN ('queued', 'deferred') AND NOT d.resent AND NOT di.returned
               AND di.item_id IN (SELECT value::bigint FROM json_array_elements_text($2::json))",
};

/// Ends the claims, too: what is approved within a long round is claimed again in it. Locks in the order of keys, as
/// [`MAKE_DUE`] does.
const PUT_OFF: Sql = Sql {
    sqlite: "UPDATE delivery SET next_attempt_at = $2
             WHERE state IN ('queued', 'deferred') AND id IN (SELECT value FROM json_each($1))",
    postgres: "UPDATE delivery SET next_attempt_at = $2, claimed_by = NULL, claimed_until = NULL
             WHERE id IN (SELECT id FROM delivery
                          WHERE state IN ('queued', 'deferred')
                            AND id IN (SELECT value::bigint FROM json_array_elements_text($1::json))
                          ORDER BY id FOR UPDATE)",
};

/// A letter that was never tried waits for approval alone. Of those that a relay deferred, one that waits until `$3` at most may
/// be held; what it put off for longer stays so. What is due since it was planned is due in every round, also in one that began
/// before now.
const MAKE_DUE: Sql = Sql {
    sqlite: "UPDATE delivery SET next_attempt_at = planned_at
             WHERE state IN ('queued', 'deferred') AND next_attempt_at > $2 AND (state = 'queued' OR next_attempt_at <= $3)
               AND NOT resent
               AND EXISTS (SELECT 1 FROM delivery_item di
                           WHERE di.delivery_id = delivery.id AND di.item_id = $1 AND NOT di.returned)",
    postgres: "UPDATE delivery SET next_attempt_at = planned_at
             WHERE id IN (SELECT d.id FROM delivery d
                          WHERE d.state IN ('queued', 'deferred') AND d.next_attempt_at > $2
                            AND (d.state = 'queued' OR d.next_attempt_at <= $3) AND NOT d.resent
                            AND EXISTS (SELECT 1 FROM delivery_item di
                                        WHERE di.delivery_id = d.id AND di.item_id = $1 AND NOT di.returned)
                          ORDER BY d.id FOR UPDATE OF d)",
};

/// From the letters that wait, which are few beside the ledger: the conditions are those of their index.
const UNSENT: Sql = Sql {
    sqlite: "SELECT DISTINCT d.edition_id, e.now_at, e.opened_at, e.asks_approval, di.item_id, di.version
             FROM delivery d INDEXED BY delivery_due CROSS JOIN delivery_item di ON di.delivery_id = d.id
                  CROSS JOIN edition e ON e.id = d.edition_id
             WHERE d.state IN ('queued', 'deferred') AND d.next_attempt_at >= 0 AND NOT d.resent AND NOT di.returned
             ORDER BY d.edition_id, di.item_id, di.version",
    postgres: "SELECT DISTINCT d.edition_id, e.now_at, e.opened_at, e.asks_approval, di.item_id, di.version
             FROM delivery d JOIN delivery_item di ON di.delivery_id = d.id JOIN edition e ON e.id = d.edition_id
             WHERE d.state IN ('queued', 'deferred') AND d.next_attempt_at >= 0 AND NOT d.resent AND NOT di.returned
             ORDER BY d.edition_id, di.item_id, di.version",
};

impl Tx {
    /// Keeps that these versions, with their files, were approved. `now` is real time.
    pub async fn approve_versions(
        &mut self,
        now: DateTime<Utc>,
        versions: &[(ItemId, i64, String)],
    ) -> Result<(), StoreError> {
        self.run(APPROVE, args![serde_json::to_string(versions)?, now]).await?;
        Ok(())
    }

    /// Puts unsent letters off until then, unclaimed; no attempt is counted.
    pub async fn put_off_unsent(
        &mut self,
        letters: &[DeliveryId],
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(PUT_OFF, args![serde_json::to_string(letters)?, until]).await?;
        self.end_claims(letters.iter().copied());
        Ok(())
    }
}

impl Store {
    /// Keeps that an account approved a change of an item that waits in letters, and makes those due that are held, which is
    /// until `held_until` at the latest. All instants are real time.
    pub async fn approve_change(
        &self,
        now: DateTime<Utc>,
        held_until: DateTime<Utc>,
        account: AccountId,
        slug: &str,
        (item, version, files): (ItemId, i64, String),
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let after = serde_json::json!({ "version": version, "files": files });
        tx.approve_versions(now, &[(item, version, files)]).await?;
        tx.run(MAKE_DUE, args![item, now, held_until]).await?;
        let change = Change {
            actor: &format!("account:{account}"),
            action: "item.approved",
            subject: format!("item:{slug}"),
            after: Some(after),
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.commit().await
    }

    /// The versions of these items that were approved.
    pub async fn list_item_approvals(&self, items: &[ItemId]) -> Result<Vec<ItemApprovalRow>, StoreError> {
        Ok(self.db.all(APPROVALS, args![serde_json::to_string(items)?]).await?)
    }

    /// The files of every version of these items, those of one version together and in their order.
    pub async fn list_version_files(&self, items: &[ItemId]) -> Result<Vec<VersionFileRow>, StoreError> {
        Ok(self.db.all(FILES, args![serde_json::to_string(items)?]).await?)
    }

    /// What every version of an item said in each language, the oldest first.
    pub async fn list_version_texts(&self, item: ItemId) -> Result<Vec<VersionTextRow>, StoreError> {
        let texts = "SELECT v.version, v.audience, v.visibility, t.language, t.text
             FROM item_version v JOIN item_text t ON t.item_id = v.item_id AND t.version = v.version
             WHERE v.item_id = $1 ORDER BY v.version, t.language";
        Ok(self.db.all(texts, args![item]).await?)
    }

    /// What unsent letters hold, each version once by edition. What is sent once more goes as it went, and is left out.
    pub async fn list_unsent_items(&self) -> Result<Vec<UnsentItemRow>, StoreError> {
        Ok(self.db.all(UNSENT, args![]).await?)
    }

    /// Whether anything was approved or changed since it was last read, without reading what.
    pub async fn find_approval_stamp(&self) -> Result<ApprovalStamp, StoreError> {
        let stamp =
            "SELECT COALESCE((SELECT change_number FROM forum WHERE id = 1), 0), COUNT(*) FROM item_approval";
        Ok(self.db.get(stamp, args![]).await?)
    }

    /// How many unsent letters of an edition hold some of these items.
    pub async fn count_unsent_with(&self, edition: EditionId, items: &[ItemId]) -> Result<i64, StoreError> {
        let One(count) = self.db.get(COUNT_WITH, args![edition, serde_json::to_string(items)?]).await?;
        Ok(count)
    }
}
