//! One test binary: stories in plain English, one harness.

mod access;
mod accessible;
mod audience_command;
mod browser;
mod choices;
mod command_line;
mod contract;
mod delivery;
mod dkim;
mod dump;
mod forum;
mod harness;
mod histories;
mod items;
mod languages;
mod letters;
mod matching;
mod pages;
mod part;
mod people;
mod prefs;
mod queue;
mod readme;
mod returned;
mod treff;
mod walls;
