//! A forum's own colour in letters, and whether it can be read: contrast by WCAG 2.2.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A colour of sRGB, written `#0b5d5e`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Colour([u8; 3]);

/// What is wrong with a colour.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ColourError {
    /// It is none.
    #[error("\"{0}\" is no colour; write it as \"#0b5d5e\"")]
    Form(String),
    /// Letters in it could not be read.
    #[error(
        "{colour} has a contrast of {contrast:.1} to 1 on the letter's paper, and 4.5 is the least; {nearest} is the nearest that does"
    )]
    Contrast {
        /// The colour.
        colour: Colour,
        /// What it has.
        contrast: f64,
        /// The same colour, as much darker as it has to be.
        nearest: Colour,
    },
}

impl Colour {
    /// Letters' own colour, for a forum that has none.
    pub const OURS: Colour = Colour([0x0b, 0x5d, 0x5e]);
    /// What stands for it where the background is dark.
    pub const OURS_ON_DARK: Colour = Colour([0x7f, 0xd0, 0xcc]);

    const WHITE: Colour = Colour([255, 255, 255]);
    const BLACK: Colour = Colour([0, 0, 0]);
    /// The darkest background of a light letter; against white and the sheet the contrast is greater.
    const PAPER: Colour = Colour([0xf4, 0xf1, 0xea]);
    /// The lightest background of a dark letter.
    const DARK_SHEET: Colour = Colour([0x18, 0x21, 0x22]);

    /// The least contrast of text (WCAG 2.2, 1.4.3).
    const LEAST: f64 = 4.5;
    /// What a dark letter's links have: our own have more than nine, seven is WCAG's greater demand (1.4.6).
    const LEAST_ON_DARK: f64 = 7.0;

    /// The colour, if text in it and white text on it can be read.
    ///
    /// # Errors
    /// It is no colour, or has too little contrast.
    pub fn readable(text: &str) -> Result<Colour, ColourError> {
        let colour: Colour = text.parse()?;
        let contrast = colour.contrast(Colour::PAPER);
        if contrast >= Colour::LEAST {
            return Ok(colour);
        }
        let nearest = colour.towards(Colour::BLACK, |mixed| mixed.contrast(Colour::PAPER) >= Colour::LEAST);
        Err(ColourError::Contrast { colour, contrast, nearest })
    }

    /// What stands for it in a dark letter: as light as it has to be.
    pub fn on_dark(self) -> Colour {
        if self == Colour::OURS {
            return Colour::OURS_ON_DARK;
        }
        self.towards(Colour::WHITE, |mixed| mixed.contrast(Colour::DARK_SHEET) >= Colour::LEAST_ON_DARK)
    }

    /// The contrast of text in it on a light letter's paper.
    pub fn contrast_on_paper(self) -> f64 {
        self.contrast(Colour::PAPER)
    }

    /// From 1 to 21 (WCAG 2.2, "contrast ratio").
    fn contrast(self, other: Colour) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The first mixture with `other`, in steps of a sixty-fourth, that `does`; `other` itself if none does.
    fn towards(self, other: Colour, does: impl Fn(Colour) -> bool) -> Colour {
        const STEPS: u16 = 64;
        let mix = |step: u16| {
            let part = |n: usize| {
                let sum = u16::from(self.0[n]) * (STEPS - step) + u16::from(other.0[n]) * step;
                u8::try_from(sum / STEPS).unwrap_or(u8::MAX)
            };
            Colour([part(0), part(1), part(2)])
        };
        (0..=STEPS).map(mix).find(|mixed| does(*mixed)).unwrap_or(other)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ColourError::Form(text.to_owned());
        let digits = text.trim().strip_prefix('#').filter(|d| d.len() == 6).ok_or_else(wrong)?;
        let part = |n: usize| {
            let two = digits.get(2 * n..2 * n + 2).filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
            u8::from_str_radix(two.ok_or_else(wrong)?, 16).map_err(|_| wrong())
        };
        Ok(Colour([part(0)?, part(1)?, part(2)?]))
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> String {
        colour.to_string()
    }
}

impl TryFrom<String> for Colour {
    type Error = ColourError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_wcag_says() {
        let of = |one: &str, two: &str| {
            let colour = |text: &str| text.parse::<Colour>().expect("a colour");
            colour(one).contrast(colour(two))
        };
        assert!((of("#ffffff", "#000000") - 21.0).abs() < 1e-9);
        // The lightest grey that passes on white, and the next that does not.
        assert!(of("#767676", "#ffffff") >= 4.5 && of("#777777", "#ffffff") < 4.5);
        assert!((of("#123456", "#123456") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_refused_with_one_that_can() {
        let Err(ColourError::Contrast { contrast, nearest, .. }) = Colour::readable("#f2b705") else {
            panic!("yellow letters on paper were taken");
        };
        assert!(contrast < 4.5);
        assert_eq!(Colour::readable(&nearest.to_string()), Ok(nearest));
        for wrong in ["", "0b5d5e", "#0b5d5", "#0b5d5eff", "#gg0000", "#+10000", "red", "#ø5d5"] {
            assert_eq!(Colour::readable(wrong), Err(ColourError::Form(wrong.to_owned())), "{wrong}");
        }
    }

    #[test]
    fn every_readable_colour_is_readable_in_the_dark_too() {
        for text in ["#000000", "#0b5d5e", "#7a0019", "#1a1aff", "#006400", "#3b3b3b"] {
            let colour = Colour::readable(text).expect("it is dark enough");
            let dark = colour.on_dark();
            assert!(dark.contrast(Colour::DARK_SHEET) >= 7.0, "{text}: {dark}");
            // The words on a button of a dark letter.
            assert!(dark.contrast(Colour([0x0d, 0x1c, 0x1c])) >= 7.0, "{text}: {dark}");
        }
        assert_eq!(Colour::OURS.on_dark(), Colour::OURS_ON_DARK);
    }
}
