//! Whom an address names.

use crate::app::App;
use crate::cli::BadInput;
use crate::forum::{EmailAddress, Forum, Recipient};
use crate::world;

/// The recipient with that address; one who is unknown (or erased) is bad input.
pub(super) async fn get_recipient(app: &App, forum: &Forum, email: &str) -> anyhow::Result<Recipient> {
    let address: EmailAddress = email.parse().map_err(BadInput::one)?;
    match world::find_recipient(&app.store, forum, &address).await? {
        Some(recipient) => Ok(recipient),
        None => Err(unknown_recipient(app, &address).await?),
    }
}

/// Says that nobody has an address; who had it before, is told by their present one: two rows of them were merged, or they
/// took another address. Nothing is done to somebody whom the call did not name.
pub(in crate::cli) async fn unknown_recipient(
    app: &App,
    address: &EmailAddress,
) -> anyhow::Result<anyhow::Error> {
    let told = match app.store.find_present_address(address.as_str()).await? {
        Some(present) => format!("{address} is a former address of {present}; name that one"),
        None => format!("no recipient has the address {address}; see treff people list"),
    };
    Ok(BadInput::one(told).into())
}
