//! A second person approves the coming mailing, where the configuration asks for it.

use axum::extract::Form;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::told::find;
use crate::forum::Cadence;
use crate::pipeline::Outlook;
use crate::staff::Right;
use crate::store::ApprovalRow;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::words::fill;

/// How a coming mailing stands.
#[derive(Serialize)]
pub(super) struct Approval {
    /// `good` if it is approved as it stands.
    how: &'static str,
    text: String,
    /// What somebody who presses the button has seen; none if they may not approve it.
    binding: Option<String>,
    /// Why whoever looks may not, though they have the right.
    own: bool,
}

/// Tells whether the mailing is approved as it stands, and who may. None where nobody asks, or nobody gets a letter.
pub(super) async fn tell(
    reading: &Reading,
    staff: &Staff,
    outlook: &Outlook,
) -> Result<Option<Approval>, Refusal> {
    if !reading.asks_for_approval() || outlook.letters() == 0 {
        return Ok(None);
    }
    let own_words = &reading.0.words(staff.language).mailing.approval;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let binding = outlook.binding();
    let (exact, latest) = reading.approvals(outlook, binding).await?;
    let by = |pattern: &str, row: &ApprovalRow| {
        let name = row.name.clone().unwrap_or_else(|| "–".to_owned());
        fill(pattern, &[("name", &name), ("when", &pen.instant(row.approved_at))])
    };
    let (how, text) = match (&exact, &latest) {
        (Some(row), _) => ("good", by(&own_words.approved, row)),
        (None, Some(row)) => ("", by(&own_words.changed, row)),
        (None, None) => ("", own_words.needed.clone()),
    };
    let own = staff.may(Right::Approve) && reading.wrote_of(staff, outlook).await?;
    let may = exact.is_none() && staff.may(Right::Approve) && !own;
    Ok(Some(Approval { how, text, binding: may.then(|| binding.to_owned()), own: own && exact.is_none() }))
}

/// Whether a coming mailing goes once the account has approved it. What is due is told also where it is not known yet what
/// stands in it.
pub(in crate::web) async fn awaits(
    reading: &Reading,
    staff: &Staff,
    (cadence, occurs_at): (Cadence, DateTime<Utc>),
) -> Result<bool, Refusal> {
    if !reading.asks_for_approval() || !staff.may(Right::Approve) {
        return Ok(false);
    }
    let known = reading.outlook_if_quick(cadence, occurs_at).await?;
    match known.as_deref() {
        None => Ok(occurs_at <= reading.0.now()),
        Some(None) => Ok(false),
        Some(Some(outlook)) => {
            let approval = tell(reading, staff, outlook).await?;
            Ok(approval.is_some_and(|approval| approval.binding.is_some()))
        }
    }
}

/// What was seen when the button was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    binding: String,
}

/// POST: approves the mailing as it was seen; not if it has changed since.
pub(super) async fn approve(
    writing: Writing,
    staff: Staff,
    Path(cadence): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let one: (Cadence, DateTime<Utc>) = find(&staff, &reading.coming_editions().await?, &cadence)?;
    let place = format!("/desk/mailing/next/{}", one.0.word());
    let Some(outlook) = reading.plan_anew(one).await?.filter(|_| reading.asks_for_approval()) else {
        return Ok(reading.0.go_to(&place));
    };
    let done = if outlook.binding() != pressed.binding {
        "changed"
    } else if reading.wrote_of(&staff, &outlook).await? {
        "own"
    } else {
        writing.approve(&staff, &outlook).await?;
        "approved"
    };
    Ok(reading.0.go_to(&format!("{place}?done={done}")))
}
