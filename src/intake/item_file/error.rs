//! What is wrong with a file.

/// What is wrong with a file, and on which line. Prints as `file:line: message`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct FileError {
    /// As it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub message: String,
    /// The key that must be there and is not.
    pub missing: Option<&'static str>,
}

impl FileError {
    /// What is wrong with what stands on a line.
    pub fn new(file: &str, line: usize, message: impl ToString) -> FileError {
        FileError { file: file.to_owned(), line, message: message.to_string(), missing: None }
    }
}
