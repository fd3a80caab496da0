//! OpenID Connect: another house (Feide, Entra ID, ID-porten) says who somebody is.
//!
//! The authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE (RFC 7636, S256), state, nonce and, where the
//! house says it, the issuer in the answer (RFC 9207). A browser runs an [`Errand`]: all that the house gives back is bound
//! to the secret in that browser's cookie. What comes out is a [`Vouched`]: issuer, subject, and an address if the house may
//! be believed about it. Whether somebody is let in is not decided here, and nothing of accounts comes in.
//!
//! Reading and judging are pure ([`document`], [`keys`], [`id_token`], [`Answer`]); [`House`] alone asks the network.

mod answer;
mod document;
mod errand;
mod fetch;
mod house;
mod id_token;
mod keys;

pub use answer::{Answer, Refused};
pub use errand::Errand;
pub use house::{House, HouseError, Vouched};
pub use id_token::{Expected, Flaw, check_id_token};
pub use keys::Keys;
