//! Elements in their order into Markdown: blocks parted by empty lines, lists by their depth, signs that would mean
//! something written so that they do not.

use super::paste_looks::Looks;

/// Quotes, lists and marks are written so deep; what is deeper stands with the last.
const MOST_NESTED: usize = 12;

/// A list that is open.
#[derive(Debug)]
struct List {
    /// The next number; `None`: bullets.
    number: Option<usize>,
}

/// Bold, italic or a link that is open, and where in the line it began.
#[derive(Debug, Clone)]
struct Mark {
    tag: String,
    sign: &'static str,
    href: Option<String>,
    at: usize,
}

/// A table that is open.
#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<String>>,
}

/// Markdown as it grows.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    line: String,
    marks: Vec<Mark>,
    lists: Vec<List>,
    /// The sign before the line: a heading's, an item's.
    lead: String,
    /// Whether the last block written was an item of a list.
    in_list: bool,
    quotes: usize,
    code: bool,
    table: Option<Table>,
    /// Word's marker is being read, and how deep its spans nest.
    marker: usize,
    marker_text: String,
    /// Word's list item: its level.
    word_level: Option<usize>,
    word_numbers: Vec<usize>,
}

impl Writer {
    /// Text between tags.
    pub(super) fn text(&mut self, text: &str) {
        if self.marker > 0 {
            self.marker_text.push_str(text);
        } else if self.code {
            self.line.push_str(text);
        } else {
            for word in split_spaces(text) {
                match word {
                    " " if self.line.is_empty() || self.line.ends_with([' ', '\n']) => {}
                    word => self.line.push_str(word),
                }
            }
        }
    }

    /// A start tag.
    pub(super) fn open(&mut self, tag: &str, looks: &Looks) {
        if self.marker > 0 || looks.is_marker {
            self.marker += usize::from(tag == "span");
            return;
        }
        match tag {
            "br" if self.table.is_some() => self.text(" "),
            "br" => self.line.push('\n'),
            "hr" => {
                self.end_block();
                self.lead = "---".to_owned();
                self.end_block();
            }
            "em" | "i" => self.mark(tag, "*", None),
            "del" | "s" => self.mark(tag, "~~", None),
            "strong" | "b" if looks.bold != Some(false) => self.mark(tag, "**", None),
            "span" if looks.bold == Some(true) => self.mark(tag, "**", None),
            "a" if looks.href.is_some() => self.mark(tag, "", looks.href.clone()),
            "strong" | "b" | "span" | "a" => self.mark(tag, "", None),
            "code" => {}
            _ => self.open_block(tag, looks),
        }
    }

    fn open_block(&mut self, tag: &str, looks: &Looks) {
        match tag {
            "td" | "th" => {
                self.line.clear();
                return;
            }
            "tr" => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
                return;
            }
            _ if self.table.is_some() => return self.text(" "),
            _ => self.end_block(),
        }
        match tag {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = tag[1..].parse().unwrap_or(2);
                self.lead = format!("{} ", "#".repeat(level));
            }
            "p" if looks.is_title => self.lead = "# ".to_owned(),
            "p" => self.word_level = looks.list_level.map(|level| level.clamp(1, 6)),
            "ul" => self.lists.push(List { number: None }),
            "ol" => self.lists.push(List { number: Some(1) }),
            "li" => self.lead = self.next_item(),
            "blockquote" => self.quotes += 1,
            "pre" => self.code = true,
            "table" => self.table = Some(Table::default()),
            _ => {}
        }
    }

    /// An end tag.
    pub(super) fn close(&mut self, tag: &str) {
        if self.marker > 0 {
            self.marker -= usize::from(tag == "span");
            return;
        }
        match tag {
            "em" | "i" | "del" | "s" | "strong" | "b" | "span" | "a" => self.unmark(tag),
            "code" => {}
            "td" | "th" => self.end_cell(),
            "table" => self.end_table(),
            _ if self.table.is_some() => {}
            "ul" | "ol" => {
                self.end_block();
                self.lists.pop();
            }
            "blockquote" => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            _ => self.end_block(),
        }
    }

    /// All of it, ending in one line feed; empty if there is nothing.
    pub(super) fn finish(mut self) -> String {
        self.end_block();
        let text = self.out.trim_matches('\n');
        if text.is_empty() { String::new() } else { format!("{text}\n") }
    }

    fn mark(&mut self, tag: &str, sign: &'static str, href: Option<String>) {
        let (sign, href) = if self.marks.len() < MOST_NESTED { (sign, href) } else { ("", None) };
        self.marks.push(Mark { tag: tag.to_owned(), sign, href, at: self.line.len() });
    }

    fn unmark(&mut self, tag: &str) {
        let Some(at) = self.marks.iter().rposition(|mark| mark.tag == tag) else { return };
        let mark = self.marks.remove(at);
        self.wrap(&mark);
    }

    /// Puts the signs around what was written since the mark began, blanks outside.
    fn wrap(&mut self, mark: &Mark) {
        if mark.at > self.line.len() || (mark.sign.is_empty() && mark.href.is_none()) {
            return;
        }
        let inner = self.line.split_off(mark.at);
        let text = inner.trim();
        if text.is_empty() {
            self.line.push_str(&inner);
            return;
        }
        let start = inner.len() - inner.trim_start().len();
        let (before, after) = (&inner[..start], &inner[start + text.len()..]);
        let wrapped = match &mark.href {
            Some(href) => format!("[{text}]({})", href.replace(['(', ')', ' ', '<', '>'], "")),
            None => format!("{0}{text}{0}", mark.sign),
        };
        self.line.extend([before, &wrapped, after]);
    }

    /// The indent and the sign of the next item of the list.
    fn next_item(&mut self) -> String {
        let depth = self.lists.len().clamp(1, MOST_NESTED) - 1;
        let sign = match self.lists.last_mut() {
            Some(List { number: Some(number) }) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        format!("{}{sign}", "  ".repeat(depth))
    }

    /// The same for an item of Word's, whose sign stood in its text.
    fn word_item(&mut self, level: usize) -> String {
        let sign = std::mem::take(&mut self.marker_text);
        self.word_numbers.resize(level, 0);
        let is_number = sign.trim().chars().next().is_some_and(|c| c.is_ascii_digit());
        let indent = "  ".repeat(level - 1);
        if !is_number {
            return format!("{indent}- ");
        }
        self.word_numbers[level - 1] += 1;
        format!("{indent}{}. ", self.word_numbers[level - 1])
    }

    /// Writes the line as a block of its own; what is open goes on in the next.
    fn end_block(&mut self) {
        for at in (0..self.marks.len()).rev() {
            let mark = Mark { tag: String::new(), ..self.marks[at].clone() };
            self.wrap(&mark);
        }
        self.marks.iter_mut().for_each(|mark| mark.at = 0);
        let text = std::mem::take(&mut self.line);
        let is_rule = self.lead == "---";
        let level = self.word_level.take();
        if text.trim().is_empty() && !is_rule {
            return;
        }
        let lead = match level {
            Some(level) => self.word_item(level),
            None => std::mem::take(&mut self.lead),
        };
        let is_item = level.is_some() || !self.lists.is_empty();
        if level.is_none() {
            self.word_numbers.clear();
        }
        self.part_from_last(is_item);
        let text = if std::mem::take(&mut self.code) {
            format!("```\n{}\n```", text.trim_matches('\n'))
        } else {
            guard_start(text.trim()).replace('\n', "\\\n")
        };
        let quote = "> ".repeat(self.quotes.min(MOST_NESTED));
        for (at, line) in format!("{lead}{text}").lines().enumerate() {
            let indent = if at > 0 && is_item { " ".repeat(lead.len()) } else { String::new() };
            self.out.push_str(&format!("{quote}{indent}{line}\n"));
        }
    }

    /// An empty line between blocks; none between items of a list.
    fn part_from_last(&mut self, is_item: bool) {
        let stays_in_list = is_item && self.in_list;
        if !self.out.is_empty() && !stays_in_list {
            self.out.push('\n');
        }
        self.in_list = is_item;
    }

    fn end_cell(&mut self) {
        self.marks.clear();
        let text = std::mem::take(&mut self.line).replace('\n', " ").replace('|', "\\|");
        if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
            row.push(text.trim().to_owned());
        }
    }

    fn end_table(&mut self) {
        let Some(mut table) = self.table.take() else { return };
        table.rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        self.line.clear();
        self.part_from_last(false);
        for (at, mut row) in table.rows.into_iter().enumerate() {
            // A row may have fewer cells than the first (GFM, 4.10): many short rows cost no more than they say.
            row.resize(if at == 0 { columns } else { row.len() }, String::new());
            self.out.push_str(&format!("| {} |\n", row.join(" | ")));
            if at == 0 {
                self.out.push_str(&format!("|{}\n", " --- |".repeat(columns)));
            }
        }
    }
}

/// Words with runs of blanks as one blank, signs of Markdown written so that they stand for themselves.
fn split_spaces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        if first.is_whitespace() {
            rest = rest.trim_start();
            return Some(" ");
        }
        let (sign, len) = match first {
            '\\' => ("\\\\", 1),
            '*' => ("\\*", 1),
            '_' => ("\\_", 1),
            '`' => ("\\`", 1),
            '[' => ("\\[", 1),
            ']' => ("\\]", 1),
            '<' => ("\\<", 1),
            '~' => ("\\~", 1),
            '&' => ("\\&", 1),
            _ => {
                let is_plain = |c: char| !c.is_whitespace() && !"\\*_`[]<~&".contains(c);
                let end = rest.find(|c: char| !is_plain(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                rest = after;
                return Some(word);
            }
        };
        rest = &rest[len..];
        Some(sign)
    })
}

/// The text with a sign at its start that would make a heading, a list or a quote of it written apart.
fn guard_start(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = line.trim();
        let digits = line.chars().take_while(char::is_ascii_digit).count();
        let behind = &line[digits..];
        if digits > 0 && behind.starts_with(['.', ')']) {
            format!("{}\\{behind}", &line[..digits])
        } else if line.starts_with(['#', '-', '+', '>', '=', '|']) {
            format!("\\{line}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
