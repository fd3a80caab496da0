//! Markdown to safe HTML and to good plain text.
