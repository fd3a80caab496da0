//! Editions lose nothing and repeat nothing: stories, and random histories against a plain model.

mod carried;
mod dice;
mod editions;
mod gate;
mod handovers;
mod model;
mod planning;
mod random;
mod scheduling;
mod shown;
mod stories;
pub mod town;
