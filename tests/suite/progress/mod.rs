//! Progress: goals of groups, and what their minutes make of them.

mod deciding;
mod goals;
mod page;
