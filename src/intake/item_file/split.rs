//! A file taken apart: the TOML between the `+++` lines, and the Markdown after them.

/// The largest item file that is read, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What stands between and after the `+++` lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The TOML.
    pub toml: String,
    /// The line of the file on which the TOML begins, from 1.
    pub toml_line: usize,
    /// The Markdown, without blank lines around it.
    pub body: String,
}

/// Takes `bytes` apart. A byte order mark and CRLF are tolerated; line ends become LF.
/// Errors are a line and what is wrong there.
pub(super) fn split_file(bytes: &[u8]) -> Result<Parts, (usize, String)> {
    let text = decode(bytes)?;
    let blank = text.lines().take_while(|line| line.trim().is_empty()).count();
    let mut lines = text.lines().skip(blank);
    if lines.next().map(str::trim_end) != Some("+++") {
        let message = "an item file begins with a line +++, then kind, title and the rest, then a line +++";
        return Err((blank.min(text.lines().count().saturating_sub(1)) + 1, message.to_owned()));
    }
    let front: Vec<&str> = lines.by_ref().take_while(|line| line.trim_end() != "+++").collect();
    let toml_line = blank + 2;
    let end = toml_line + front.len();
    if end > text.lines().count() {
        return Err((blank + 1, "the front matter is never closed; write a line +++ after it".to_owned()));
    }
    let body: Vec<&str> = lines.collect();
    let body = body.join("\n");
    let first_line_start = body.find(|c: char| !c.is_whitespace()).unwrap_or(body.len());
    // Spaces at the start of the first line stay: four of them mean code in Markdown.
    let start = body[..first_line_start].rfind('\n').map_or(0, |newline| newline + 1);
    Ok(Parts { toml: front.join("\n") + "\n", toml_line, body: body[start..].trim_end().to_owned() })
}

fn decode(bytes: &[u8]) -> Result<String, (usize, String)> {
    if bytes.len() > MAX_BYTES {
        return Err((1, format!("the file is larger than {} MiB; items are text", MAX_BYTES / 1024 / 1024)));
    }
    let not_utf8 = "the file is not UTF-8; save it as UTF-8";
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err((1, format!("{not_utf8} (it is UTF-16)")));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let line_at = |at: usize| 1 + bytes[..at].iter().filter(|b| **b == b'\n').count();
    let text = std::str::from_utf8(bytes).map_err(|e| (line_at(e.valid_up_to()), not_utf8.to_owned()))?;
    if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err((line_at(at), "there is a control character on this line; take it away".to_owned()));
    }
    Ok(text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_and_carriage_returns_make_no_difference() {
        let plain = split_file(b"+++\nkind = \"tip\"\n+++\n\nOne\n\ntwo\n").unwrap();
        assert_eq!(plain, Parts { toml: "kind = \"tip\"\n".into(), toml_line: 2, body: "One\n\ntwo".into() });
        let windows =
            split_file(b"\xEF\xBB\xBF+++\r\nkind = \"tip\"\r\n+++\r\n\r\nOne\r\n\r\ntwo\r\n").unwrap();
        assert_eq!(windows, plain);
    }

    #[test]
    fn what_is_no_item_file_is_told_with_its_line() {
        let error = |bytes: &[u8]| split_file(bytes).unwrap_err();
        let (line, message) = error(b"# Only Markdown\n");
        assert_eq!((line, message.starts_with("an item file begins with a line +++")), (1, true));
        assert_eq!(error(b"").0, 1);
        assert_eq!(
            error(b"\n+++\nkind = \"tip\"\n"),
            (2, "the front matter is never closed; write a line +++ after it".into())
        );
        assert_eq!(
            error(b"+++\nkind = \"tip\"\n+++\nbl\xE5b\xE6r\n"),
            (4, "the file is not UTF-8; save it as UTF-8".into())
        );
        assert_eq!(error(b"\xFF\xFE+\0").1, "the file is not UTF-8; save it as UTF-8 (it is UTF-16)");
        assert_eq!(error(b"+++\n+++\na\0b").0, 3);
    }

    #[test]
    fn an_empty_front_matter_and_an_empty_body_are_read() {
        assert_eq!(
            split_file(b"+++\n+++").unwrap(),
            Parts { toml: "\n".into(), toml_line: 2, body: String::new() }
        );
        assert_eq!(split_file(b"+++\n+++\n\n    code").unwrap().body, "    code");
    }
}
