//! Plain text: wrapping lines and shortening titles.

/// Where lines of the text body are wrapped, in characters.
const COLUMNS: usize = 72;

/// Wraps each line at 72 characters where it has a space, keeping its indent (two more after `- ` and `* `),
/// drops white space at line ends, and lets at most one empty line stand. Ends with one empty line.
pub(super) fn wrap_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut empty_before = true;
    for line in text.lines().map(|line| line.trim_end_matches([' ', '\t', '\r'])) {
        if line.is_empty() {
            if !empty_before {
                out.push('\n');
            }
            empty_before = true;
            continue;
        }
        empty_before = false;
        wrap_line(line, &mut out);
    }
    if !empty_before {
        out.push('\n');
    }
    out
}

fn wrap_line(line: &str, out: &mut String) {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let is_item = ["- ", "* "].iter().any(|mark| line[indent..].starts_with(mark));
    let hanging = indent + if is_item { 2 } else { 0 };
    let mut column = indent;
    out.extend(std::iter::repeat_n(' ', indent));
    for (at, word) in line.split_whitespace().enumerate() {
        let width = word.chars().count();
        if at > 0 && column + 1 + width > COLUMNS {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', hanging));
            column = hanging;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}

/// `text` if it has at most `max` characters, else cut at a word, with an ellipsis.
pub(crate) fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max.saturating_sub(1)).collect();
    let at_word = cut.rfind(' ').filter(|at| *at > cut.len() / 2).map_or(cut.as_str(), |at| &cut[..at]);
    format!("{}…", at_word.trim_end_matches([' ', ',', ';', ':', '.', '–', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_and_keep_their_indent() {
        let wrapped = wrap_text(&format!("\n\n  - {}\n\n\n\nslutt", "ord ".repeat(30)));
        let lines: Vec<_> = wrapped.lines().collect();
        assert!(lines[0].starts_with("  - ord ord"));
        assert!(lines[1].starts_with("    ord"));
        assert!(lines.iter().all(|line| line.chars().count() <= COLUMNS));
        assert!(wrapped.ends_with("ord\n\nslutt\n\n"));
    }

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        assert_eq!(shorten("Kort", 10), "Kort");
        assert_eq!(shorten("Et ganske langt navn", 12), "Et ganske…");
    }
}
