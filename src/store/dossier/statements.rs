//! What is read of a person: `$1` is their row.

use crate::store::db::Sql;
use crate::store::merged::rows_of_person;

pub(super) const PERSON: &str = "SELECT r.public_id, r.email, r.name, o.slug, o.name,
        r.said_organisation, r.urgent_off_at, r.language, r.cadence, r.cap, r.status,
        r.status_cause, r.paused_until, r.admitted, r.imported, r.introduced_at, r.chosen, r.learning, r.revision, r.watermark,
        r.last_planned_at, r.created_at
 FROM recipient r LEFT JOIN organisation o ON o.id = r.organisation_id WHERE r.id = $1";
pub(super) const MARKS: &str = "SELECT 'role', t.facet || ':' || t.slug, m.source, m.started_at, m.ended_at
 FROM recipient_role m JOIN term t ON t.id = m.role_id WHERE m.recipient_id = $1
 UNION ALL SELECT m.mark, t.facet || ':' || t.slug, m.source, m.started_at, m.ended_at
 FROM interest m JOIN term t ON t.id = m.term_id WHERE m.recipient_id = $1
 UNION ALL SELECT 'mute', m.kind, m.source, m.started_at, m.ended_at
 FROM muted_kind m WHERE m.recipient_id = $1 ORDER BY 4, 1, 2";
pub(super) const SEATS: &str =
    "SELECT s.id, g.slug, s.position, o.slug, h.starts_at, h.ends_at, h.source, h.asked_at, h.confirmed_at
 FROM seat_holder h JOIN seat s ON s.id = h.seat_id JOIN term g ON g.id = s.group_id
 JOIN organisation o ON o.id = s.organisation_id WHERE h.recipient_id = $1 ORDER BY h.id";
pub(super) const BASES: &str =
    "SELECT basis, source, recorded_at, ended_at FROM legal_basis WHERE recipient_id = $1 ORDER BY id";
pub(super) const LETTERS: &str = concat!(
    "SELECT d.id, e.cadence, e.occurs_at, d.state, d.attempts, d.message_id, d.dated_at, d.reply,
        d.settled_at, COALESCE(l.content, '{}')
 FROM delivery d JOIN edition e ON e.id = d.edition_id LEFT JOIN letter l ON l.delivery_id = d.id
 WHERE d.recipient_id IN ",
    rows_of_person!(),
    " ORDER BY d.id"
);
/// The title stands in the first language of `forum::Language::preferences`: own, else nb, nn, en.
macro_rules! items {
    ($title:literal) => {
        concat!(
            "SELECT d.delivery_id, i.slug, CASE WHEN d.returned THEN NULL ELSE (SELECT ",
            $title,
            " FROM item_text t WHERE t.item_id = d.item_id AND t.version = d.version
                ORDER BY CASE t.language WHEN (SELECT language FROM recipient WHERE id = $1) THEN 0
                    WHEN 'nb' THEN 1 WHEN 'nn' THEN 2 ELSE 3 END
                LIMIT 1) END, d.version, d.because, d.reasons, d.points, d.correction, d.returned
 FROM delivery_item d JOIN item i ON i.id = d.item_id
 WHERE d.delivery_id IN (
     SELECT id FROM delivery
     WHERE recipient_id IN ",
            rows_of_person!(),
            ")
 ORDER BY d.delivery_id, d.position"
        )
    };
}
pub(super) const ITEMS: Sql =
    Sql { sqlite: items!("t.text ->> '$.title'"), postgres: items!("t.text::json ->> 'title'") };
pub(super) const CARRIED: &str = "SELECT i.slug, c.times, c.ended_at, c.ended_because
 FROM carry c JOIN item i ON i.id = c.item_id WHERE c.recipient_id = $1 ORDER BY i.slug";
pub(super) const TAPS: &str = "SELECT t.answer, t.delivery_id, i.slug, t.tapped_at
 FROM tap t LEFT JOIN item i ON i.id = t.item_id WHERE t.recipient_id = $1 ORDER BY t.id";
pub(super) const PASSED_ON: &str = "SELECT i.slug, p.colleague, p.said_at
 FROM passed_on p JOIN item i ON i.id = p.item_id WHERE p.recipient_id = $1 ORDER BY p.id";
pub(super) const REPORTS: &str = concat!(
    "SELECT kind, status, reason, received_at FROM report
 WHERE recipient_id IN ",
    rows_of_person!(),
    " ORDER BY id"
);
pub(super) const FEEDS: &str =
    "SELECT id, kind, created_at, revoked_at FROM feed_token WHERE recipient_id = $1 ORDER BY id";
pub(super) const CHANGES: &str =
    "SELECT changed_at, actor, action, before, after FROM change WHERE recipient_id = $1 ORDER BY id";
