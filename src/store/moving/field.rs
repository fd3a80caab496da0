//! One value on its way: what SQLite holds, as PostgreSQL reads it in the text format of COPY. Pure.
//!
//! SQLite keeps in each field what was put there, whatever its column is called; PostgreSQL takes what its column is.

/// What a column of the target takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number of so many bits.
    Int(u32),
    /// True or false, which SQLite keeps as 1 and 0.
    Truth,
    /// Any bytes.
    Bytes,
    /// Text; and every type that is not known here, which PostgreSQL reads from its text.
    Text,
}

impl Kind {
    /// By the name of its type in `pg_type`.
    pub(super) fn of(type_name: &str) -> Kind {
        match type_name {
            "int2" => Kind::Int(16),
            "int4" => Kind::Int(32),
            "int8" => Kind::Int(64),
            "bool" => Kind::Truth,
            "bytea" => Kind::Bytes,
            _ => Kind::Text,
        }
    }
}

/// What a field of SQLite holds: its five storage classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Held<'r> {
    /// NULL.
    Nothing,
    /// INTEGER.
    Int(i64),
    /// REAL.
    Real(f64),
    /// TEXT.
    Text(&'r str),
    /// BLOB.
    Bytes(&'r [u8]),
}

/// Writes a value as a field of COPY's text format (PostgreSQL's documentation, COPY, "Text Format"); the separators are the
/// caller's. True if a NUL became U+FFFD, as in all that is written today ([`statement`](crate::store::statement)); an error
/// says what stands there.
pub(super) fn write_field(out: &mut Vec<u8>, kind: Kind, held: Held<'_>) -> Result<bool, String> {
    match (kind, held) {
        (_, Held::Nothing) => out.extend(b"\\N"),
        (Kind::Int(bits), Held::Int(number)) if fits(number, bits) => out.extend(number.to_string().bytes()),
        (Kind::Int(bits), Held::Int(number)) => {
            return Err(format!("{number}, which does not fit {bits} bits"));
        }
        (Kind::Truth, Held::Int(number @ (0 | 1))) => out.push(if number == 1 { b't' } else { b'f' }),
        (Kind::Bytes, Held::Bytes(bytes)) => {
            out.extend(b"\\\\x");
            out.extend(hex::encode(bytes).bytes());
        }
        (Kind::Text, Held::Text(text)) => return Ok(write_text(out, text)),
        (Kind::Text, Held::Int(number)) => out.extend(number.to_string().bytes()),
        (Kind::Text, Held::Real(number)) => out.extend(format!("{number:?}").bytes()),
        (kind, held) => return Err(format!("{} instead of {}", name_of(held), wanted(kind))),
    }
    Ok(false)
}

fn fits(number: i64, bits: u32) -> bool {
    let spare = 64 - bits;
    (number << spare) >> spare == number
}

/// With what COPY would take for its own escaped.
fn write_text(out: &mut Vec<u8>, text: &str) -> bool {
    let mut replaced = false;
    for byte in text.bytes() {
        match byte {
            0 => {
                replaced = true;
                out.extend("\u{fffd}".bytes());
            }
            b'\\' => out.extend(b"\\\\"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            byte => out.push(byte),
        }
    }
    replaced
}

fn name_of(held: Held<'_>) -> String {
    match held {
        Held::Nothing => "nothing".to_owned(),
        Held::Int(number) => format!("the number {number}"),
        Held::Real(number) => format!("the number {number:?}"),
        Held::Text(_) => "a text".to_owned(),
        Held::Bytes(_) => "bytes".to_owned(),
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Int(_) => "a whole number",
        Kind::Truth => "0 or 1",
        Kind::Bytes => "bytes",
        Kind::Text => "a text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: Kind, held: Held<'_>) -> Result<String, String> {
        let mut out = Vec::new();
        write_field(&mut out, kind, held)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn what_copy_would_take_for_its_own_is_escaped() {
        let told = written(Kind::Text, Held::Text("Ærlig\t\\talt\r\n\\N og \\."));
        assert_eq!(told.unwrap(), "Ærlig\\t\\\\talt\\r\\n\\\\N og \\\\.");
        assert_eq!(written(Kind::Text, Held::Text("")).unwrap(), "", "an empty text is not nothing");
        assert_eq!(written(Kind::Text, Held::Nothing).unwrap(), "\\N");
        assert_eq!(written(Kind::Bytes, Held::Bytes(&[0, 0x5c, 0xff])).unwrap(), "\\\\x005cff");
        assert_eq!(written(Kind::Bytes, Held::Bytes(&[])).unwrap(), "\\\\x");
    }

    #[test]
    fn a_nul_becomes_the_sign_that_one_was_there_and_is_told() {
        let mut out = Vec::new();
        assert_eq!(write_field(&mut out, Kind::Text, Held::Text("a\0b")), Ok(true));
        assert_eq!(out, "a\u{fffd}b".as_bytes());
        assert_eq!(write_field(&mut out, Kind::Text, Held::Text("ab")), Ok(false));
    }

    #[test]
    fn a_number_that_does_not_fit_is_refused_and_the_greatest_that_do_are_not() {
        let ends =
            [(16, i64::from(i16::MIN), i64::from(i16::MAX)), (32, i64::from(i32::MIN), i64::from(i32::MAX))];
        for (bits, least, most) in ends {
            for fits in [least, most, 0, -1] {
                assert_eq!(written(Kind::Int(bits), Held::Int(fits)).unwrap(), fits.to_string());
            }
            for not in [least - 1, most + 1, i64::MIN, i64::MAX] {
                let told = written(Kind::Int(bits), Held::Int(not)).unwrap_err();
                assert_eq!(told, format!("{not}, which does not fit {bits} bits"));
            }
        }
        for fits in [i64::MIN, i64::MAX] {
            assert_eq!(written(Kind::Int(64), Held::Int(fits)).unwrap(), fits.to_string());
        }
    }

    #[test]
    fn what_is_of_another_sort_than_its_column_is_refused() {
        for (kind, held, told) in [
            (Kind::Int(64), Held::Text("7"), "a text instead of a whole number"),
            (Kind::Int(64), Held::Real(7.5), "the number 7.5 instead of a whole number"),
            (Kind::Truth, Held::Int(2), "the number 2 instead of 0 or 1"),
            (Kind::Bytes, Held::Text("\\x00"), "a text instead of bytes"),
            (Kind::Text, Held::Bytes(&[7]), "bytes instead of a text"),
        ] {
            assert_eq!(written(kind, held).unwrap_err(), told);
        }
        assert_eq!(
            [0, 1].map(|number| written(Kind::Truth, Held::Int(number)).unwrap()),
            ["f".to_owned(), "t".to_owned()]
        );
    }

    #[test]
    fn a_type_that_is_not_known_here_is_handed_on_as_its_text() {
        let kind = Kind::of("numeric");
        assert_eq!(written(kind, Held::Int(7)).unwrap(), "7");
        assert_eq!(written(kind, Held::Real(0.1)).unwrap(), "0.1");
        assert_eq!(written(kind, Held::Text("2027-03-08")).unwrap(), "2027-03-08");
    }
}
