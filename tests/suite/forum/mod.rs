//! The forum: its file, its rows, `treff init`, `treff forum apply`.

mod apply;
mod doctor;
mod file;
mod in_use;
mod init;
mod pausing;
mod rows;
mod sender;
