//! Typed row ids: the one leaf that every room, `store` included, may name.
//!
//! Keys are `i64`, dense but for gaps that a database leaves (what is rolled back has used up numbers on PostgreSQL); an id
//! of one table cannot be passed where another is meant.
//! What leaves the house (links, file names) uses random 128-bit public ids instead.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A person who receives.
    RecipientId,
    /// An organisation: where recipients work, or which a seat represents.
    OrganisationId,
    /// An entry of a facet, as stored.
    TermId,
    /// A place in a group.
    SeatId,
    /// One piece of content, over all its versions and languages.
    ItemId,
    /// One occurrence of one cadence.
    EditionId,
    /// The ledger row of one letter.
    DeliveryId,
    /// Somebody who works at the desk.
    AccountId,
}
