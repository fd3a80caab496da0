//! The forum: its file, its rows, `treff init`, `treff forum apply`.

mod apply;
mod file;
mod init;
