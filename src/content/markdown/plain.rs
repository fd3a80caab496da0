//! Markdown's events as plain text, line by line.

use pulldown_cmark::{Event, Tag, TagEnd};

/// What readers' programs can follow.
pub(super) const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Writes events as plain text.
#[derive(Default)]
pub(super) struct TextWriter {
    out: String,
    /// What each line of the block begins with, outermost first.
    prefixes: Vec<Prefix>,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    links: Vec<(String, usize)>,
    /// Depth of what is not shown at all.
    hidden: usize,
    at_line_start: bool,
    first_cell: bool,
}

struct Prefix {
    first: String,
    later: &'static str,
    used: bool,
}

impl TextWriter {
    pub(super) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Image { .. }) => self.hidden += 1,
            Event::End(TagEnd::Image) => self.hidden = self.hidden.saturating_sub(1),
            _ if self.hidden > 0 => {}
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.write(&text),
            Event::SoftBreak => self.write(" "),
            Event::HardBreak => self.break_line(),
            Event::Rule => {
                self.open_block();
                self.write("---");
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::Table(_) | Tag::HtmlBlock => {
                self.open_block();
            }
            Tag::BlockQuote(_) => {
                self.open_block();
                self.prefixes.push(Prefix { first: "> ".into(), later: "> ", used: false });
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.open_block();
                }
                self.lists.push(first);
            }
            Tag::Item => self.start_item(),
            Tag::TableHead | Tag::TableRow => {
                self.break_line();
                self.first_cell = true;
            }
            Tag::TableCell if !std::mem::take(&mut self.first_cell) => self.write(" | "),
            Tag::Link { dest_url, .. } => self.links.push((dest_url.into_string(), self.out.len())),
            _ => {}
        }
    }

    fn start_item(&mut self) {
        self.break_line();
        let first = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        let later = if first.len() > 3 {
            "    "
        } else if first.len() > 2 {
            "   "
        } else {
            "  "
        };
        self.prefixes.push(Prefix { first, later, used: false });
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_) => {
                self.prefixes.pop();
            }
            TagEnd::Item => {
                // An item without text still shows its mark.
                if self.prefixes.last().is_some_and(|p| !p.used) {
                    self.write("");
                    self.write_prefixes();
                }
                self.prefixes.pop();
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Link => self.end_link(),
            _ => {}
        }
    }

    /// `text (url)`; the address alone where the text is the address.
    fn end_link(&mut self) {
        let Some((url, from)) = self.links.pop() else { return };
        let is_open = SCHEMES
            .iter()
            .any(|s| url.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(s)));
        if !is_open {
            return;
        }
        let text = self.out.get(from..).unwrap_or("").trim();
        let bare = |u: &str| {
            let u = u.strip_prefix("mailto:").unwrap_or(u);
            u.trim_end_matches('/').to_owned()
        };
        if text.is_empty() {
            self.write(&url);
        } else if bare(text) != bare(&url) {
            let shown = url.strip_prefix("mailto:").unwrap_or(&url).to_owned();
            self.write(&format!(" ({shown})"));
        }
    }

    /// Starts a block: an empty line before it, unless it is the first or opens a list item or quote.
    fn open_block(&mut self) {
        if self.out.is_empty() || self.prefixes.last().is_some_and(|p| !p.used) {
            self.break_line();
            return;
        }
        self.break_line();
        let quoted: String = self.prefixes.iter().map(|p| p.later).collect();
        self.out.push_str(quoted.trim_end());
        self.out.push('\n');
    }

    fn break_line(&mut self) {
        if !self.at_line_start && !self.out.is_empty() {
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
            self.out.push('\n');
        }
        self.at_line_start = true;
    }

    fn write_prefixes(&mut self) {
        for prefix in &mut self.prefixes {
            self.out.push_str(if prefix.used { prefix.later } else { &prefix.first });
            prefix.used = true;
        }
        self.at_line_start = false;
    }

    fn write(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.break_line();
            }
            if line.is_empty() {
                continue;
            }
            if self.at_line_start || self.out.is_empty() {
                self.write_prefixes();
            }
            self.out.extend(line.chars().filter(|c| !c.is_control() || *c == '\t'));
        }
    }

    pub(super) fn finish(self) -> String {
        self.out.trim_matches('\n').trim_end().to_owned()
    }
}
