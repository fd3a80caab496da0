//! Why somebody's status is what it is, as a column keeps it. Pure.

use std::fmt;

/// What parts the two in a row.
const WAS: &str = ", was ";

/// How a status came about, and what was before: `one-click, was suspended`, `complaint, was bounce: hard 5.1.1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusCause {
    /// How it came about; of mail that came back it begins with `bounce` or `complaint`.
    pub how: String,
    /// The status before, or the cause that this one took the place of, with what was before it in turn; none: letters went out.
    pub was: Option<String>,
}

impl StatusCause {
    /// The cause that a row keeps.
    pub fn read(kept: &str) -> StatusCause {
        match kept.split_once(WAS) {
            Some((how, was)) => StatusCause { how: how.to_owned(), was: Some(was.to_owned()) },
            None => StatusCause { how: kept.to_owned(), was: None },
        }
    }

    /// What ended a `status`: of an active one there is nothing to remember.
    pub fn after(how: &str, status: &str) -> StatusCause {
        let was = Some(status).filter(|status| *status != "active");
        StatusCause { how: how.to_owned(), was: was.map(str::to_owned) }
    }

    /// Whether mail came back.
    pub fn is_bounce(&self) -> bool {
        self.how.starts_with("bounce")
    }

    /// Whether they called a letter unwanted.
    pub fn is_complaint(&self) -> bool {
        self.how.starts_with("complaint")
    }

    /// Whether nobody had confirmed the address before.
    pub fn was_unconfirmed(&self) -> bool {
        self.was.as_deref().is_some_and(|was| was.split(WAS).any(|was| was == "unconfirmed"))
    }
}

impl fmt::Display for StatusCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.was {
            Some(was) => write!(f, "{}{WAS}{was}", self.how),
            None => f.write_str(&self.how),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_read_as_it_was_kept_with_all_that_was_before() {
        for kept in ["", "page", "one-click, was suspended", "complaint, was bounce: hard, was unconfirmed"] {
            assert_eq!(StatusCause::read(kept).to_string(), kept);
        }
        let twice = StatusCause::read("complaint, was bounce: hard, was unconfirmed");
        assert!(twice.is_complaint() && !twice.is_bounce() && twice.was_unconfirmed());
        assert_eq!(twice.was.as_deref(), Some("bounce: hard, was unconfirmed"));
        assert_eq!(StatusCause::after("mail", "active"), StatusCause::read("mail"));
        assert_eq!(StatusCause::after("mail", "suspended").to_string(), "mail, was suspended");
        assert!(!StatusCause::read("page, was suspended").was_unconfirmed());
    }
}
