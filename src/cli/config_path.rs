//! Which configuration file a command works with.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, Command, Error};

/// The file, where neither option nor variable names one.
pub(super) const USUAL: &str = "treff.toml";

/// A path. An empty variable names none, since unit and compose files leave one unset like that; an empty option is a mistake.
#[derive(Debug, Clone)]
pub(super) struct ConfigPath;

impl TypedValueParser for ConfigPath {
    type Value = PathBuf;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<PathBuf, Error> {
        PathBufValueParser::new().parse_ref(command, arg, value)
    }

    fn parse_ref_(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
        source: ValueSource,
    ) -> Result<PathBuf, Error> {
        match source == ValueSource::EnvVariable && value.is_empty() {
            true => Ok(PathBuf::from(USUAL)),
            false => self.parse_ref(command, arg, value),
        }
    }
}
