//! HTML as words: what stands in an element of its own stands in a line of its own, and cells of a row stand apart.

use mail_parser::decoders::html::html_to_text;

/// Elements that stand below what is before them.
#[rustfmt::skip]
const BLOCKS: &[&str] = &[
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody",
    "tfoot", "thead", "tr", "ul",
];

/// What breaks a line for the parser.
const BREAK: &str = "<br>";

/// The words of an HTML text. The parser breaks lines at `<br>` and `</p>` only, and would glue `<td>kari@a</td><td>550`.
pub(super) fn words_of_html(html: &str) -> String {
    html_to_text(&part_elements(html))
}

/// The same text with a break before each element that begins a line, and a blank around each cell.
fn part_elements(html: &str) -> String {
    let mut out = Lines { text: String::with_capacity(html.len() * 2), is_fresh: true };
    let (mut rest, mut is_verbatim) = (html, false);
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        out.add_words(&rest[..at], is_verbatim);
        rest = &rest[at..];
        // A `<` that no `>` closes before the next one is no tag.
        let end = memchr::memchr2(b'<', b'>', &rest.as_bytes()[1..]).map_or(rest.len(), |end| end + 1);
        let is_tag = rest.as_bytes().get(end) == Some(&b'>');
        let (tag, behind) = rest.split_at(if is_tag { end + 1 } else { end });
        let name = name_of(tag);
        if is_tag && name.trim_start_matches('/') == "pre" {
            is_verbatim = name == "pre";
        }
        out.add_tag(tag, &name);
        rest = behind;
    }
    out.add_words(rest, is_verbatim);
    out.text
}

/// `/td` of `</TD class="x">`.
fn name_of(tag: &str) -> String {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '/';
    tag[1..].chars().take_while(is_name).collect::<String>().trim_end_matches('/').to_ascii_lowercase()
}

/// HTML being written, line by line.
struct Lines {
    text: String,
    /// Nothing but tags and blanks stands behind the last break.
    is_fresh: bool,
}

impl Lines {
    fn add_words(&mut self, words: &str, is_verbatim: bool) {
        for line in words.split_inclusive('\n') {
            self.text.push_str(line);
            self.is_fresh &= line.trim().is_empty();
            if is_verbatim && line.ends_with('\n') {
                self.add_break();
            }
        }
    }

    fn add_tag(&mut self, tag: &str, name: &str) {
        let bare = name.trim_start_matches('/');
        match name {
            "br" => return self.add_break(),
            // There the parser breaks the line itself.
            "/p" => self.is_fresh = true,
            _ if BLOCKS.contains(&bare) && !self.is_fresh => self.add_break(),
            _ if ["td", "th"].contains(&bare) => self.text.push(' '),
            _ => {}
        }
        self.text.push_str(tag);
    }

    fn add_break(&mut self) {
        self.text.push_str(BREAK);
        self.is_fresh = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_their_own_stand_in_lines_of_their_own() {
        for (html, words) in [
            ("<div>to</div><div>kari@a.test</div><DIV class=\"x\">550</DIV>", "to\nkari@a.test\n550"),
            ("<ul><li>kari@a.test</li><li>550</li></ul>", "kari@a.test\n550"),
            ("<tr><td>to</td><td>kari@a.test</td></tr><tr><td>550</td></tr>", "to kari@a.test\n550"),
            ("to<hr>kari@a.test<br class=\"x\"/>550", "to\nkari@a.test\n550"),
            ("<b>kari</b>@a.test<a href=\"x\">, no</a>", "kari@a.test, no"),
            ("<p>to</p><p>kari@a.test</p>", "to\nkari@a.test"),
            ("<pre>Status: 5.1.1\nAction: failed</pre>", "Status: 5.1.1\nAction: failed"),
        ] {
            let read = words_of_html(html);
            let lines: Vec<&str> = read.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            assert_eq!(lines.join("\n"), words, "{html}");
        }
    }

    #[test]
    fn what_is_no_tag_is_read_in_no_time() {
        words_of_html(&"<".repeat(1_000_000));
        words_of_html(&"<td".repeat(500_000));
        assert_eq!(part_elements("a < b"), "a < b");
    }
}
