//! Reads Rust source into words and symbols, and finds the paths that it names.
//!
//! No full parser: comments, strings and characters are left out, `use` trees are written out, and
//! `crate`, `self` and `super` are followed to the root.

/// A word or a symbol (`::` is one) with its line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// A path as the source names it, written out from the root: `["crate", "forum", "Term"]` or `["sqlx", "query"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
}

impl Named {
    /// The path as written in Rust.
    pub fn written(&self) -> String {
        self.path.join("::")
    }
}

/// Every path of two or more segments, and every single name that a `use` brings in, in `source`,
/// which is the module `module` (`["forum", "term"]`).
pub fn list_paths(source: &str, module: &[String]) -> Vec<Named> {
    let tokens = split(source);
    let mut reader = Reader { tokens: &tokens, at: 0, inline: Vec::new(), depth: 0, found: Vec::new() };
    reader.read(module);
    reader.found
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    /// The depth of braces at which each `mod x {` that we are in began, with its name.
    inline: Vec<(usize, String)>,
    depth: usize,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |t| &t.text)
    }

    fn read(&mut self, module: &[String]) {
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "{" => self.depth += 1,
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    self.inline.retain(|(began, _)| *began < self.depth);
                }
                "mod" if self.peek(2) == "{" => {
                    self.inline.push((self.depth, self.peek(1).to_owned()));
                    self.depth += 1;
                    self.at += 3;
                    continue;
                }
                "use" if is_word(self.peek(1)) || matches!(self.peek(1), "{" | "::") => {
                    self.at += 1;
                    self.read_tree(&[], module);
                    continue;
                }
                word if is_word(word) && (self.peek(1) == "::" || word == "super") => {
                    let line = self.tokens[self.at].line;
                    let mut path = vec![word.to_owned()];
                    self.at += 1;
                    while self.peek(0) == "::" && is_word(self.peek(1)) {
                        path.push(self.peek(1).to_owned());
                        self.at += 2;
                    }
                    self.keep(path, line, module);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// One tree of a `use`, after `prefix`; ends on what follows it.
    fn read_tree(&mut self, prefix: &[String], module: &[String]) {
        let mut path = prefix.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |t| t.line);
        loop {
            match self.peek(0) {
                "{" => {
                    self.at += 1;
                    while !matches!(self.peek(0), "}" | "") {
                        self.read_tree(&path, module);
                        if self.peek(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "::" | "*" => self.at += 1,
                "as" => self.at += 2,
                word if is_word(word) => {
                    path.push(word.to_owned());
                    self.at += 1;
                }
                _ => break,
            }
        }
        self.keep(path, line, module);
    }

    /// Follows `crate`, `self` and `super`, and keeps the path.
    fn keep(&mut self, path: Vec<String>, line: usize, module: &[String]) {
        let mut here: Vec<String> = module.to_vec();
        here.extend(self.inline.iter().map(|(_, name)| name.clone()));
        let mut rest = path.as_slice();
        let mut rooted = None;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" => rooted = Some(Vec::new()),
                "self" => rooted = rooted.or(Some(here.clone())),
                "super" => {
                    let mut up = rooted.unwrap_or(here.clone());
                    up.pop();
                    rooted = Some(up);
                }
                _ => break,
            }
            rest = &rest[1..];
        }
        let mut whole = match rooted {
            Some(root) => [vec!["crate".to_owned()], root].concat(),
            None => Vec::new(),
        };
        whole.extend_from_slice(rest);
        self.found.push(Named { path: whole, line });
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Words and symbols of `source`, without comments, strings and characters.
pub fn split(source: &str) -> Vec<Token> {
    let bytes = source.as_bytes();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if source[at..].starts_with("//") => source[at..].find('\n').map_or(bytes.len(), |n| at + n),
            b'/' if source[at..].starts_with("/*") => end_of_block_comment(source, at),
            b'"' => end_of_string(bytes, at + 1),
            b'r' | b'b' | b'c' if opens_raw_string(&source[at..]) => end_of_raw_string(source, at),
            b'\'' => end_of_character(source, at),
            b if b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80 => {
                let end = source[at..]
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .map_or(bytes.len(), |n| at + n);
                tokens.push(Token { text: source[at..end].to_owned(), line });
                end
            }
            b':' if bytes.get(at + 1) == Some(&b':') => {
                tokens.push(Token { text: "::".to_owned(), line });
                at + 2
            }
            b if b.is_ascii_whitespace() => at + 1,
            b => {
                tokens.push(Token { text: char::from(b).to_string(), line });
                at + 1
            }
        };
        // A word of letters beyond ASCII that is none (a stray symbol) must still move on.
        let end = end.max(at + source[at..].chars().next().map_or(1, char::len_utf8));
        line += source[at..end].matches('\n').count();
        at = end;
    }
    tokens
}

fn end_of_block_comment(source: &str, start: usize) -> usize {
    let (mut depth, mut at) = (1, start + 2);
    while depth > 0 {
        let Some(next) = source[at..].find(['*', '/']).map(|n| at + n) else { return source.len() };
        match source.get(next..next + 2) {
            Some("/*") => (depth, at) = (depth + 1, next + 2),
            Some("*/") => (depth, at) = (depth - 1, next + 2),
            _ => at = next + 1,
        }
    }
    at
}

fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn opens_raw_string(rest: &str) -> bool {
    let after = rest.trim_start_matches(['b', 'c']);
    rest.len() - after.len() <= 1
        && after.starts_with('r')
        && after[1..].trim_start_matches('#').starts_with('"')
}

fn end_of_raw_string(source: &str, start: usize) -> usize {
    let opening = source[start..].find('"').map_or(source.len(), |n| start + n);
    let hashes = source[start..opening].matches('#').count();
    let closing = format!("\"{}", "#".repeat(hashes));
    source
        .get(opening + 1..)
        .and_then(|s| s.find(&closing))
        .map_or(source.len(), |n| opening + 1 + n + closing.len())
}

/// The end of `'x'` or `'\n'`, or of the quote of a lifetime.
fn end_of_character(source: &str, start: usize) -> usize {
    let mut rest = source[start + 1..].char_indices();
    match rest.next() {
        Some((_, '\\')) => source[start + 3..].find('\'').map_or(source.len(), |n| start + 3 + n + 1),
        Some((_, _)) => match rest.next() {
            Some((n, '\'')) => start + 1 + n + 1,
            _ => start + 1,
        },
        None => source.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(source: &str, module: &[&str]) -> Vec<(usize, String)> {
        let module: Vec<String> = module.iter().map(|s| (*s).to_owned()).collect();
        list_paths(source, &module).iter().map(|n| (n.line, n.written())).collect()
    }

    fn expected(lines: &[(usize, &str)]) -> Vec<(usize, String)> {
        lines.iter().map(|(line, path)| (*line, (*path).to_owned())).collect()
    }

    #[test]
    fn a_use_tree_is_written_out() {
        let found = written(
            "use crate::{ids::{ItemId, RecipientId as R},\n  store::*, clock};\nuse sqlx;",
            &["forum"],
        );
        let lines = [
            (1, "crate::ids::ItemId"),
            (1, "crate::ids::RecipientId"),
            (2, "crate::store"),
            (2, "crate::clock"),
            (3, "sqlx"),
        ];
        assert_eq!(found, expected(&lines));
    }

    #[test]
    fn super_is_followed_out_of_inline_modules_and_files() {
        let source = "mod tests {\n use super::*;\n fn f() { super::super::super::store::open() }\n}\nfn g() { self::x::y() }";
        let lines = [(2, "crate::forum::term"), (3, "crate::store::open"), (5, "crate::forum::term::x::y")];
        assert_eq!(written(source, &["forum", "term"]), expected(&lines));
    }

    #[test]
    fn comments_strings_and_characters_name_nothing() {
        let source = "// crate::a::b\n/* crate::c /* x */ ::d */\nlet s = \"crate::e::\\\"f\"; let r = r#\"crate::g\"h\"#;\n\
                      let c = '\"'; let e = '\\''; fn l<'a>(x: &'a str) -> Vec<u8> { axum::ø() }";
        assert_eq!(written(source, &["web"]), expected(&[(4, "axum::ø")]));
    }
}
