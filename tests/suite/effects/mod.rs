//! The page of effects: what is counted, what is composed in private, what is published, and what leaves it again.

mod composing;
mod deciding;
mod publishing;
mod rows;
mod scene;
