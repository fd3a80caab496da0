//! Coming in at the desk by the word of another house (OpenID Connect).

mod doctor;
mod hostile;
pub mod house;
mod provider;
mod signer;
mod stories;
mod tokens;
mod tying;
