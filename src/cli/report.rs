//! What a command answers: text for people, one JSON document for programs, an exit code.

use serde::Serialize;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: done in part, or failed.
    Partly,
    /// 2: bad usage or bad input; nothing was changed.
    BadInput,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Partly => 1,
            Exit::BadInput => 2,
        }
    }
}

/// A command's answer.
#[derive(Debug, Clone)]
pub struct Report {
    /// The exit code.
    pub exit: Exit,
    /// For people, on standard output.
    pub text: String,
    /// For programs: what `--json` prints.
    pub json: serde_json::Value,
    /// Warnings and row errors, on standard error; never change the exit code by themselves.
    pub notices: Vec<String>,
}

impl Report {
    /// An answer that is done.
    pub fn done(text: impl Into<String>, json: impl Serialize) -> Report {
        Report {
            exit: Exit::Done,
            text: text.into(),
            json: serde_json::to_value(json).unwrap_or_default(),
            notices: Vec::new(),
        }
    }
}

/// Input that cannot be used: each line names the thing, the place and the remedy. Exit code 2.
///
/// Any other error that reaches `main` is exit code 1.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadInput(pub Vec<String>);

impl BadInput {
    /// One error.
    pub fn one(error: impl std::fmt::Display) -> BadInput {
        BadInput(vec![error.to_string()])
    }
}
