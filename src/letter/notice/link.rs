//! The links that are good once, which some short mails bring.

use super::{Invited, Notice};
use crate::token::{Claim, Keys, Purpose};

impl Notice {
    /// The row of the link that its button leads to, if that is good once.
    pub fn link(&self) -> Option<i64> {
        match self {
            Notice::SignIn { link, .. }
            | Notice::AlreadyHere { link, .. }
            | Notice::ConfirmSignUp { link, .. }
            | Notice::ConfirmAddress { link, .. }
            | Notice::StillYours { link, .. }
            | Notice::Desk { link, .. }
            | Notice::DeskInvitation(Invited { link, .. })
            | Notice::PeopleInvitation(Invited { link, .. })
            | Notice::PartnerInvitation(Invited { link, .. })
            | Notice::SettingsInvitation(Invited { link, .. }) => Some(*link),
            _ => None,
        }
    }
}

/// The path of a link that is good once, with its [mark](crate::token::link_mark).
pub(super) fn mail_link_path(keys: &Keys, link: i64, mark: u16) -> Option<String> {
    Some(format!("/d/{}", link_token(keys, link, mark)?))
}

/// The path of such a link that opens the desk.
pub fn desk_path(keys: &Keys, link: i64, mark: u16) -> Option<String> {
    Some(format!("/desk/open/{}", link_token(keys, link, mark)?))
}

fn link_token(keys: &Keys, link: i64, mark: u16) -> Option<String> {
    keys.sign(keys.newest(), Claim { purpose: Purpose::MailLink, version: mark, subject: link })
}
