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

    /// The names and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is any.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}

/// Blocks parted by empty lines. A line that begins with white space, or that is no field, goes on with the one
/// before: some programs break lines without folding them.
pub(super) fn read_blocks(text: &str) -> Vec<Fields> {
    let mut blocks = vec![Vec::<(String, String)>::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            blocks.push(Vec::new());
        } else if let Some((name, value)) = read_field(line)
            && let Some(block) = blocks.last_mut()
        {
            block.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        } else if let Some((_, value)) = blocks.last_mut().and_then(|block| block.last_mut()) {
            value.push(' ');
            value.push_str(line.trim());
        }
    }
    blocks.into_iter().filter(|block| !block.is_empty()).map(Fields).collect()
}

fn read_field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end();
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    is_name.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_fold_and_part() {
        let blocks = read_blocks("A: 1\n  2\nB:3\r\n\r\nno field\nC : x: y\nand more\n");
        assert_eq!(blocks.len(), 2);
        assert_eq!((blocks[0].find("a"), blocks[0].find("b")), (Some("1 2"), Some("3")));
        assert_eq!(blocks[1].find("c"), Some("x: y and more"));
    }
}
