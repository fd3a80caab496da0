//! Settings: the forum's name and the times of its letters, in words; who sends, and how letters look; what the law asks to be
//! written down.

mod bases;
mod differs;
mod file;
mod form;
mod line;
mod look;
mod mail;
mod page;
mod record;
mod retention;
mod save;
mod sender;
mod stands;
mod texts;

pub(super) use stands::{Overtaken, Stands, name_all};

use axum::routing::{get, post};

use super::routes::Routes;
use crate::staff::Right;

/// The routes of this area.
pub(super) fn routes() -> Routes {
    Routes::new()
        .staff("/desk/settings", Right::Administer, get(page::show).post(save::save))
        .staff("/desk/settings/sender", Right::Administer, get(sender::show).post(sender::save))
        .staff("/desk/settings/look", Right::Administer, get(look::show).post(look::save))
        .staff("/desk/settings/look/letter", Right::Administer, get(look::show_letter))
        .staff("/desk/settings/look/logo", Right::Administer, get(look::show_logo))
        .staff("/desk/settings/mail", Right::Administer, get(mail::show).post(mail::try_out))
        .staff("/desk/settings/retention", Right::Administer, get(retention::show).post(retention::save))
        .staff("/desk/settings/bases", Right::Administer, get(bases::show).post(bases::save))
        .staff("/desk/settings/bases/apply", Right::Administer, post(bases::apply))
        .staff("/desk/settings/texts", Right::Administer, get(texts::show).post(texts::save))
        .staff("/desk/settings/record", Right::Administer, get(record::show))
        .staff("/desk/settings/forum.toml", Right::Administer, get(file::show))
}
