//! Who: the forum's terms, groups, seats, organisations and recipients, as plain values.
//!
//! Nothing here reads a file, a database or a clock. The rows live in `store`; `world` turns
//! them into these values; `matching` asks them questions.

mod basis;
mod calendar;
mod colour;
mod cron_times;
mod group;
mod house;
mod kind;
mod line;
mod logo;
mod mention;
mod names;
mod organisation;
mod percent;
mod plain_times;
mod recipient;
mod represented;
mod seat;
mod settings;
mod term;
mod texts;
mod union_ground;

pub use basis::{Basis, Ground, Grounds, Way, is_file_name, told_source};
pub use calendar::{Cadence, Holidays, PauseDays};
pub use colour::{Colour, ColourError};
pub use cron_times::{CronError, CronTimes};
pub use group::GroupKind;
pub use house::{House, SenderError};
pub use kind::{Kind, KindSet};
pub use line::{find_line, one_line, plain_line, plain_lines, turns_direction};
pub use logo::{Logo, LogoError};
pub use mention::{find_mentions, mentions, without_mentions};
pub use names::{
    LONGEST_NAME, Language, Names, cut_slug, is_slug, slug_of, sort_key, tell_too_long, to_ascii,
};
pub use organisation::Organisation;
pub use percent::percent_encode;
pub use plain_times::PlainTimes;
pub use recipient::{EmailAddress, EmailError, Recipient, Standing, Status};
pub use represented::Represented;
pub use seat::{Position, Seat};
pub use settings::{Forum, ForumSettings};
pub use term::{Facet, OrganisationKind, Term, TermError, TermIx, Terms};
pub use texts::{TextPlace, Texts};
pub use union_ground::{SAID_THEMSELVES, UnionGround, takes_over};
