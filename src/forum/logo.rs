//! A forum's mark at the head of its letters: a small picture that travels inside the letter, so that nothing is
//! fetched from anywhere when it is read.

use std::fmt;

/// The largest, in bytes: every letter carries it.
const MAX_BYTES: usize = 24 * 1024;
/// The smallest side and the greatest, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 16..=2000;
/// How large it is shown at most, in pixels.
const SHOWN: (u32, u32) = (240, 48);

/// A picture that was looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    bytes: Vec<u8>,
    media_type: &'static str,
    /// Width and height in pixels.
    size: (u32, u32),
}

/// Why a picture cannot be a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    /// Neither PNG nor JPEG: mail programs show little else.
    #[error("the file is no PNG or JPEG picture")]
    Type,
    /// It has so many bytes.
    #[error("the picture has {} kB; at most {} kB travel in a letter", .0.div_ceil(1024), MAX_BYTES / 1024)]
    Large(usize),
    /// It has so many pixels.
    #[error("the picture is {0} x {1} pixels; each side needs from {from} to {to}", from = SIDES.start(), to = SIDES.end())]
    Size(u32, u32),
}

impl Logo {
    /// The picture that these bytes are.
    ///
    /// # Errors
    /// It is none that a letter can carry.
    pub fn read(bytes: Vec<u8>) -> Result<Logo, LogoError> {
        let (media_type, size) = if let Some(size) = png_size(&bytes) {
            ("image/png", size)
        } else {
            ("image/jpeg", jpeg_size(&bytes).ok_or(LogoError::Type)?)
        };
        if bytes.len() > MAX_BYTES {
            return Err(LogoError::Large(bytes.len()));
        }
        if !SIDES.contains(&size.0) || !SIDES.contains(&size.1) {
            return Err(LogoError::Size(size.0, size.1));
        }
        Ok(Logo { bytes, media_type, size })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// Width and height at which it is shown, in pixels: never larger than it is.
    pub fn shown_size(&self) -> (u32, u32) {
        let (width, height) = self.size;
        let scale = [1.0, f64::from(SHOWN.0) / f64::from(width), f64::from(SHOWN.1) / f64::from(height)]
            .into_iter()
            .fold(f64::INFINITY, f64::min);
        // A side of 1 to 2000, scaled down.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 240")]
        let scaled = |side: u32| (f64::from(side) * scale).round().max(1.0) as u32;
        (scaled(width), scaled(height))
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes, {} x {}", self.media_type, self.bytes.len(), self.size.0, self.size.1)
    }
}

/// Width and height by the header chunk (PNG, third edition, 11.2.1).
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let side = |at: usize| Some(u32::from_be_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    if rest.get(4..8)? != b"IHDR" {
        return None;
    }
    Some((side(8)?, side(12)?))
}

/// Width and height by the start of frame (ITU-T T.81, B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, ..] = *rest else { return None };
        if marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?));
        // All that start a frame but the tables that share their numbers: DHT, JPG and DAC.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let side =
                |at: usize| Some(u32::from(u16::from_be_bytes(rest.get(at..at + 2)?.try_into().ok()?)));
            return Some((side(7)?, side(5)?));
        }
        rest = rest.get(2 + length..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, length: usize) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.resize(length.max(bytes.len()), 0);
        bytes
    }

    /// With a segment of an application and a table before the frame, and a fill byte.
    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc4\0\x03a\xff\xc2\0\x11\x08".to_vec();
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    #[test]
    fn pictures_are_known_by_their_content_and_shown_small() {
        let read = |bytes| Logo::read(bytes).map(|logo| (logo.media_type(), logo.shown_size()));
        assert_eq!(read(png(480, 96, 0)), Ok(("image/png", (240, 48))));
        assert_eq!(read(png(100, 30, 0)), Ok(("image/png", (100, 30))));
        assert_eq!(read(jpeg(96, 192)), Ok(("image/jpeg", (24, 48))));
        assert_eq!(read(png(2000, 16, 0)), Ok(("image/png", (240, 2))));
    }

    #[test]
    fn what_no_letter_can_carry_is_refused() {
        assert_eq!(Logo::read(b"GIF89a".to_vec()), Err(LogoError::Type));
        assert_eq!(Logo::read(b"<svg xmlns='x'/>".to_vec()), Err(LogoError::Type));
        assert_eq!(Logo::read(png(100, 100, 24 * 1024 + 1)), Err(LogoError::Large(24 * 1024 + 1)));
        assert_eq!(Logo::read(png(15, 100, 0)), Err(LogoError::Size(15, 100)));
        assert_eq!(Logo::read(png(u32::MAX, 100, 0)), Err(LogoError::Size(u32::MAX, 100)));
    }

    #[test]
    fn a_picture_cut_anywhere_is_no_picture_and_no_panic() {
        for whole in [png(100, 100, 0), jpeg(100, 100)] {
            for end in 0..whole.len() {
                assert_eq!(Logo::read(whole[..end].to_vec()), Err(LogoError::Type));
            }
        }
    }
}
