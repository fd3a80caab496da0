//! Words and brackets into an [`Audience`], by recursive descent.

use super::error::{AudienceError, AudienceProblem, MAX_DEPTH};
use super::expression::Audience;
use crate::forum::{Facet, Position, Term, Terms};

/// The words of the language itself; never terms, since a term has a colon.
const KEYWORDS: [&str; 4] = ["and", "or", "not", "all"];

impl Audience {
    /// Reads an expression. Errors carry the column of what is wrong and the nearest known term.
    pub fn parse(text: &str, terms: &Terms) -> Result<Audience, AudienceError> {
        let mut parser = Parser { words: split_words(text), next: 0, depth: 0, terms };
        if parser.words.is_empty() {
            let nearest = terms.iter().next().map(|(_, term)| term.clone());
            return Err(AudienceError { column: 1, problem: AudienceProblem::Empty { nearest } });
        }
        let audience = parser.parse_or()?;
        match parser.peek() {
            None => Ok(audience),
            Some(word) => Err(word.error(unexpected_after_operand(word.text))),
        }
    }
}

/// A word or a bracket, and the column where it begins.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    column: usize,
}

impl Word<'_> {
    fn error(self, problem: AudienceProblem) -> AudienceError {
        AudienceError { column: self.column, problem }
    }

    fn is_bracket(self) -> bool {
        self.text == "(" || self.text == ")"
    }
}

/// Blanks part words, brackets stand for themselves.
fn split_words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut begun: Option<(usize, usize)> = None;
    for (column, (at, c)) in (1..).zip(text.char_indices()) {
        let bracket = c == '(' || c == ')';
        if !bracket && !c.is_whitespace() {
            begun = begun.or(Some((at, column)));
            continue;
        }
        if let Some((from, column)) = begun.take() {
            words.push(Word { text: &text[from..at], column });
        }
        if bracket {
            words.push(Word { text: &text[at..at + 1], column });
        }
    }
    if let Some((from, column)) = begun {
        words.push(Word { text: &text[from..], column });
    }
    words
}

struct Parser<'a> {
    words: Vec<Word<'a>>,
    next: usize,
    depth: usize,
    terms: &'a Terms,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<Word<'a>> {
        self.words.get(self.next).copied()
    }

    fn take_if(&mut self, text: &str) -> Option<Word<'a>> {
        let word = self.peek().filter(|word| word.text == text)?;
        self.next += 1;
        Some(word)
    }

    fn parse_or(&mut self) -> Result<Audience, AudienceError> {
        let mut parts = vec![self.parse_and()?];
        while self.take_if("or").is_some() {
            parts.push(self.parse_and()?);
        }
        Ok(Audience::any_of(parts))
    }

    fn parse_and(&mut self) -> Result<Audience, AudienceError> {
        let mut parts = vec![self.parse_not()?];
        while self.take_if("and").is_some() {
            parts.push(self.parse_not()?);
        }
        Ok(Audience::all_of(parts))
    }

    fn parse_not(&mut self) -> Result<Audience, AudienceError> {
        if let Some(not) = self.take_if("not") {
            let inner = self.parse_deeper(not, Self::parse_not)?;
            return Ok(Audience::none_of(inner));
        }
        if let Some(opening) = self.take_if("(") {
            let inner = self.parse_deeper(opening, Self::parse_or)?;
            return self.close(opening, inner);
        }
        self.parse_leaf()
    }

    fn parse_deeper(
        &mut self,
        at: Word<'a>,
        parse: fn(&mut Self) -> Result<Audience, AudienceError>,
    ) -> Result<Audience, AudienceError> {
        if self.depth == MAX_DEPTH {
            return Err(at.error(AudienceProblem::TooDeep));
        }
        self.depth += 1;
        let inner = parse(self);
        self.depth -= 1;
        inner
    }

    fn close(&mut self, opening: Word<'a>, inner: Audience) -> Result<Audience, AudienceError> {
        match self.peek() {
            Some(word) if word.text == ")" => {
                self.next += 1;
                Ok(inner)
            }
            Some(word) => Err(word.error(unexpected_after_operand(word.text))),
            None => Err(opening.error(AudienceProblem::NeverClosed)),
        }
    }

    fn parse_leaf(&mut self) -> Result<Audience, AudienceError> {
        let Some(word) = self.peek() else { return Err(self.ends_early()) };
        self.next += 1;
        if word.text == "all" {
            return Ok(Audience::All);
        }
        if word.is_bracket() || KEYWORDS.contains(&word.text) {
            return Err(word.error(AudienceProblem::NoOperand { found: word.text.to_owned() }));
        }
        if let Some(problem) = capitals(word.text) {
            return Err(word.error(problem));
        }
        self.parse_term(word)
    }

    /// The error at the end of the text: the column is the one after the last word.
    fn ends_early(&self) -> AudienceError {
        let last = self.words.last().copied().unwrap_or(Word { text: "", column: 1 });
        let after = last.text.to_owned();
        let column = last.column + last.text.chars().count();
        AudienceError { column, problem: AudienceProblem::EndsEarly { after } }
    }

    fn parse_term(&self, word: Word<'a>) -> Result<Audience, AudienceError> {
        let (written, position) = match word.text.split_once('/') {
            Some((written, position)) => (written, Some(position)),
            None => (word.text, None),
        };
        let nearest = || self.terms.nearest(written).cloned();
        let unknown =
            || word.error(AudienceProblem::UnknownTerm { text: written.to_owned(), nearest: nearest() });
        let term: Term = written.parse().map_err(|_| unknown())?;
        let Some(position) = position else {
            return self.terms.find(&term).map(Audience::Term).ok_or_else(unknown);
        };
        let place = Word { text: position, column: word.column + written.chars().count() + 1 };
        if term.facet != Facet::Group {
            let text = word.text.to_owned();
            return Err(place.error(AudienceProblem::PositionOutsideGroup { text }));
        }
        let group = self.terms.find(&term).ok_or_else(unknown)?;
        let position = Position::ALL
            .into_iter()
            .find(|own| own.slug() == position)
            .ok_or_else(|| place.error(AudienceProblem::UnknownPosition { text: position.to_owned() }))?;
        Ok(Audience::Seat(group, position))
    }
}

fn unexpected_after_operand(found: &str) -> AudienceProblem {
    match found {
        ")" => AudienceProblem::NeverOpened,
        _ => capitals(found).unwrap_or_else(|| AudienceProblem::NoOperator { found: found.to_owned() }),
    }
}

/// Whether `text` is a word of the language but for its capitals.
fn capitals(text: &str) -> Option<AudienceProblem> {
    let word = KEYWORDS.into_iter().find(|word| word.eq_ignore_ascii_case(text) && *word != text)?;
    Some(AudienceProblem::Capitals { text: text.to_owned(), word })
}
