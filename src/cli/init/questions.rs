//! What `treff init` asks at a terminal.

use std::io::{BufRead, Write};

use crate::forum::{EmailAddress, tell_too_long};

/// Asks on `out`, reads from `input`: one question, one line.
pub(super) struct Questions<R, W> {
    pub input: R,
    pub out: W,
}

/// The person who holds everything together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lead {
    /// As it stands in letters.
    pub name: String,
    /// Where replies go.
    pub email: EmailAddress,
}

impl<R: BufRead, W: Write> Questions<R, W> {
    /// The answer, or `default` if it is empty.
    pub fn ask(&mut self, question: &str, default: &str) -> std::io::Result<String> {
        match default {
            "" => write!(self.out, "{question}: ")?,
            _ => write!(self.out, "{question} [{default}]: ")?,
        }
        self.out.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let answer = line.trim();
        Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
    }

    /// Asks again until `parse` takes the answer.
    pub fn ask_until<T, E: std::fmt::Display>(
        &mut self,
        question: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> std::io::Result<T> {
        loop {
            match parse(&self.ask(question, default)?) {
                Ok(value) => return Ok(value),
                Err(why) => writeln!(self.out, "  {why}")?,
            }
        }
    }

    /// The lead's name and address; none if the name is left empty.
    pub fn ask_lead(&mut self) -> std::io::Result<Option<Lead>> {
        let fits = |text: &str| tell_too_long("the name", text).map_or_else(|| Ok(text.to_owned()), Err);
        let name = self.ask_until("The lead's name (empty: make no account)", "", fits)?;
        if name.is_empty() {
            return Ok(None);
        }
        let email = self.ask_until("The lead's e-mail address", "", |text| text.parse::<EmailAddress>())?;
        Ok(Some(Lead { name, email }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask_lead(typed: &str) -> (Option<Lead>, String) {
        let mut questions = Questions { input: typed.as_bytes(), out: Vec::new() };
        let lead = questions.ask_lead().unwrap();
        (lead, String::from_utf8(questions.out).unwrap())
    }

    #[test]
    fn an_address_that_is_none_is_asked_for_again() {
        let (lead, shown) = ask_lead("Kari Nes\nkari\nkari@example.test\n");
        let email = "kari@example.test".parse().unwrap();
        assert_eq!(lead, Some(Lead { name: "Kari Nes".to_owned(), email }));
        assert_eq!(shown.matches("The lead's e-mail address: ").count(), 2);
    }

    #[test]
    fn an_empty_name_makes_no_account() {
        assert_eq!(ask_lead("\n").0, None);
    }
}
