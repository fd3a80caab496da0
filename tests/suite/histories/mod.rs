//! Editions lose nothing and repeat nothing: stories, and random histories against a plain model.

mod editions;
mod planning;
mod shown;
mod town;
