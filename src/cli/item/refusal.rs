//! What of an error the user can mend.

use crate::cli::BadInput;
use crate::intake::item_queue::QueueError;

/// What the user got wrong is bad input; all else is a failure.
pub(super) fn explain_refusal(error: QueueError) -> anyhow::Error {
    match error {
        QueueError::Files(errors) => BadInput(errors.iter().map(ToString::to_string).collect()).into(),
        error @ (QueueError::NoItem { .. } | QueueError::Attachment(_)) => BadInput::one(error).into(),
        other => other.into(),
    }
}
