//! What a workbook unpacks to, seen before another's code unpacks it: that holds the texts that cells share whole, and
//! makes room for as many of them as they say they are.
//!
//! The parts are unpacked and thrown away, for an archive may say what it likes of their sizes.

use std::io::{Cursor, Read as _, copy, sink};

use zip::ZipArchive;
use zip::result::ZipError;

use super::error::SheetError;

/// All parts together, in MiB: some two hundred thousand rows of all our columns.
const MOST_UNPACKED: u64 = 128;
/// The part of the texts that cells share, in MiB.
const MOST_SHARED: u64 = 64;
/// More texts than cells may share.
const MOST_TEXTS: usize = 10_000_000;
/// The attribute by which they say how many they are (ECMA-376, part 1, 18.4.9).
const COUNT: &[u8] = b"uniqueCount";

/// Unpacks all that a workbook holds, and keeps none of it.
///
/// # Errors
/// The workbook is no archive, or unpacks to more than is read.
pub(super) fn refuse_bomb(bytes: &[u8]) -> Result<(), SheetError> {
    refuse_beyond(bytes, MOST_UNPACKED, MOST_SHARED)
}

/// The same with other bounds, in MiB.
pub(super) fn refuse_beyond(bytes: &[u8], all: u64, shared: u64) -> Result<(), SheetError> {
    let unreadable = |e: ZipError| SheetError::Workbook(e.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = all << 20;
    for at in 0..archive.len() {
        // A part that does not open, or breaks off, is refused by whoever needs it.
        let Ok(part) = archive.by_index(at) else { continue };
        let are_shared =
            part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let room = if are_shared { left.min(shared << 20) } else { left };
        let mut limited = part.take(room + 1);
        let mut texts = Vec::new();
        let _ = if are_shared { copy(&mut limited, &mut texts) } else { copy(&mut limited, &mut sink()) };
        if limited.limit() == 0 {
            return Err(SheetError::Unpacked { all, shared });
        }
        left -= room + 1 - limited.limit();
        check_texts(&texts)?;
    }
    Ok(())
}

/// Whether the texts say of themselves how many they are, in an encoding in which that can be seen, and are not too many.
fn check_texts(texts: &[u8]) -> Result<(), SheetError> {
    // Neither byte stands in UTF-8 that XML allows; they are those of UTF-16, and of encodings that shift.
    if memchr::memchr2(0, 0x1b, texts).is_some() {
        return Err(SheetError::Workbook("its shared texts are not in UTF-8".to_owned()));
    }
    let claims_too_many = memchr::memmem::find_iter(texts, COUNT).any(|at| {
        let behind = texts[at + COUNT.len()..].iter();
        let digits = behind.skip_while(|byte| byte.is_ascii_whitespace() || b"=\"'+".contains(byte));
        let digits = digits.take_while(|byte| byte.is_ascii_digit());
        let count = digits
            .fold(0usize, |count, digit| count.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
        count > MOST_TEXTS
    });
    if claims_too_many {
        return Err(SheetError::Workbook(format!("it claims to share more than {MOST_TEXTS} texts")));
    }
    Ok(())
}
