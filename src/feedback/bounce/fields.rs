//! Blocks of `Name: value` lines: delivery status parts, feedback reports, copied headers.

/// One block; names in lower case, values unfolded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// From pairs of raw names and values.
    pub fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Fields {
        Fields(
            pairs
                .map(|(name, value)| {
                    (name.trim().to_ascii_lowercase(), value.split_whitespace().collect::<Vec<_>>().join(" "))
                })
                .collect(),
        )
    }

    /// The first value of `name` (lower case).
    pub fn find(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of `name`.
    pub fn all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is any.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}

/// Blocks parted by empty lines. A line that begins with white space goes on with the one before; a line
/// that is no field is passed over.
pub(super) fn read_blocks(text: &str) -> Vec<Fields> {
    let mut blocks = vec![Vec::<(String, String)>::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            blocks.push(Vec::new());
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = blocks.last_mut().and_then(|block| block.last_mut()) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':')
            && !name.trim().is_empty()
            && !name.trim().contains(' ')
            && let Some(block) = blocks.last_mut()
        {
            block.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    blocks.into_iter().filter(|block| !block.is_empty()).map(Fields).collect()
}

/// The address of `rfc822; <kari@example.test>`, `kari@example.test (Kari)` or RFC 3461's xtext; lower case.
pub(super) fn read_address(value: &str) -> Option<String> {
    let bare = value.split_once(';').map_or(value, |(_, address)| address).trim();
    let bare = match (bare.find('<'), bare.rfind('>')) {
        (Some(from), Some(to)) if from < to => &bare[from + 1..to],
        _ => bare.split([' ', '(']).next().unwrap_or_default(),
    };
    let bare = bare.trim_matches(['"', '<', '>', '\'']).trim();
    let decoded = decode_xtext(bare);
    let (local, domain) = decoded.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty() && !decoded.contains(char::is_whitespace))
        .then(|| decoded.to_lowercase())
}

/// `+40` stands for `@` (RFC 3461, 4); only where there is no `@` yet, for plus signs are common in addresses.
fn decode_xtext(text: &str) -> String {
    if text.contains('@') || !text.contains('+') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('+') {
        out.push_str(before);
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        match byte {
            Some(byte) => {
                out.push(char::from(byte));
                rest = &after[2..];
            }
            None => {
                out.push('+');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_fold_and_part() {
        let blocks = read_blocks("A: 1\n  2\nB:3\r\n\r\nno field\nC : x: y\n");
        assert_eq!(blocks.len(), 2);
        assert_eq!((blocks[0].find("a"), blocks[0].find("b")), (Some("1 2"), Some("3")));
        assert_eq!(blocks[1].find("c"), Some("x: y"));
    }

    #[test]
    fn addresses_are_read_in_every_dress() {
        let read = |v| read_address(v);
        let kari = Some("kari@example.test".to_owned());
        for value in [
            "rfc822; kari@example.test",
            "RFC822;<Kari@Example.test>",
            "kari@example.test (Kari Nes)",
            "Kari Nes <kari@example.test>",
            "rfc822;kari+40example.test",
        ] {
            assert_eq!(read(value), kari, "{value}");
        }
        assert_eq!(read("rfc822; kari+tag@example.test").as_deref(), Some("kari+tag@example.test"));
        assert_eq!(read("rfc822; kari"), None);
    }
}
