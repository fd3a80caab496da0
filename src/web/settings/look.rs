//! How letters look: colour, logo and the sentence at the foot, with a letter beside.

use std::sync::Arc;

use axum::extract::Multipart;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::line::read_line;
use crate::forum::{Colour, ColourError, ForumSettings, House, Language, Logo, LogoError};
use crate::web::inbox::framed;
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{LookWords, fill};

/// The longest sentence about the forum, in characters.
const LONGEST: usize = 300;

/// What was filled in.
#[derive(Default)]
struct Said {
    colour: String,
    about: Vec<(Language, String)>,
    logo: Option<Vec<u8>>,
    no_logo: bool,
}

#[derive(Serialize)]
struct About {
    tag: &'static str,
    label: String,
    value: String,
}

#[derive(Serialize)]
struct Page {
    saved: bool,
    colour: String,
    /// Its contrast, in words.
    contrast: String,
    colour_error: String,
    about: Vec<About>,
    /// Width and height of the logo as letters show it.
    logo: Option<(u32, u32)>,
    logo_error: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_look.html";
}

impl Said {
    fn of(house: &House) -> Said {
        Said {
            colour: house.colour.unwrap_or(Colour::OURS).to_string(),
            about: house.about.0.iter().map(|(language, text)| (*language, text.clone())).collect(),
            ..Said::default()
        }
    }

    async fn read_parts(mut parts: Multipart) -> Result<Said, Refusal> {
        let mut said = Said::default();
        while let Some(part) = parts.next_field().await.map_err(|_| Refusal::from(Why::TooLarge))? {
            let name = part.name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(|_| Refusal::from(Why::TooLarge))?;
            let text = || String::from_utf8_lossy(&bytes).into_owned();
            match name.as_str() {
                "colour" => said.colour = text(),
                "logo" if !bytes.is_empty() => said.logo = Some(bytes.to_vec()),
                "no_logo" => said.no_logo = true,
                other => {
                    let language = other.strip_prefix("about_").and_then(|tag| tag.parse().ok());
                    said.about.extend(language.map(|language| (language, text())));
                }
            }
        }
        Ok(said)
    }

    /// The sentences that were given, each on one line.
    fn sentences(&self) -> impl Iterator<Item = (Language, String)> {
        self.about.iter().filter_map(|(language, text)| Some((*language, read_line(text, LONGEST)?)))
    }
}

/// GET: as letters look.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let page = page_of(&reading, &staff, &Said::of(&staff.forum.settings.house));
    reading.0.desk_page(&staff, &page)
}

/// POST: they look so from now on, or what is wrong.
pub(super) async fn save(writing: Writing, staff: Staff, parts: Multipart) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let said = Said::read_parts(parts).await?;
    let words = &reading.0.words(staff.language).settings.look;
    let old = &staff.forum.settings.house;
    let colour = Colour::readable(&said.colour);
    let logo = match &said.logo {
        Some(bytes) => Logo::read(bytes.clone()).map(|logo| Some(Arc::new(logo))),
        None => Ok(old.logo.clone().filter(|_| !said.no_logo)),
    };
    let (colour, logo) = match (colour, logo) {
        (Ok(colour), Ok(logo)) => (colour, logo),
        (colour, logo) => {
            let mut page = page_of(&reading, &staff, &said);
            page.logo_error = logo.err().map(|error| tell_logo(words, error)).unwrap_or_default();
            if let Err(error) = colour {
                let (told, nearest) = tell_colour(words, &error);
                page.colour_error = told;
                page.colour = nearest.unwrap_or(Colour::OURS).to_string();
            }
            return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
        }
    };
    let house = House {
        colour: Some(colour).filter(|colour| *colour != Colour::OURS),
        about: crate::forum::Names(said.sentences().collect()),
        logo,
        ..old.clone()
    };
    let settings = ForumSettings { house, ..staff.forum.settings.clone() };
    let staff = writing.change_settings(staff, settings).await?;
    let page = page_of(&reading, &staff, &Said::of(&staff.forum.settings.house));
    reading.0.desk_page(&staff, &Page { saved: true, ..page })
}

/// What is wrong with a colour, and one like it that can be read.
fn tell_colour(words: &LookWords, error: &ColourError) -> (String, Option<Colour>) {
    match error {
        ColourError::Form(_) => (words.colour_form.clone(), None),
        ColourError::Contrast { colour, contrast, nearest } => {
            let (colour, contrast, like) = (colour.to_string(), tell_ratio(*contrast), nearest.to_string());
            let values = [("colour", &*colour), ("contrast", &contrast), ("nearest", &like)];
            (fill(&words.colour_contrast, &values), Some(*nearest))
        }
    }
}

fn tell_logo(words: &LookWords, error: LogoError) -> String {
    match error {
        LogoError::Type => words.logo_type.clone(),
        LogoError::Large(bytes) => fill(&words.logo_large, &[("size", &bytes.div_ceil(1024).to_string())]),
        LogoError::Size(width, height) => {
            fill(&words.logo_size, &[("width", &width.to_string()), ("height", &height.to_string())])
        }
    }
}

/// `7,4`
fn tell_ratio(ratio: f64) -> String {
    format!("{ratio:.1}").replace('.', ",")
}

fn page_of(reading: &Reading, staff: &Staff, said: &Said) -> Page {
    let all = reading.0.words(staff.language);
    let colour: Option<Colour> = said.colour.parse().ok();
    let about = |language: Language| About {
        tag: language.tag(),
        label: all.language.get(&language).cloned().unwrap_or_default(),
        value: said
            .about
            .iter()
            .find(|(own, _)| *own == language)
            .map(|(_, text)| text.clone())
            .unwrap_or_default(),
    };
    let tell = |colour: Colour| {
        fill(&all.settings.look.contrast, &[("contrast", &tell_ratio(colour.contrast_on_paper()))])
    };
    Page {
        saved: false,
        colour: colour.unwrap_or(Colour::OURS).to_string(),
        contrast: colour.map(tell).unwrap_or_default(),
        colour_error: String::new(),
        about: Language::ALL.map(about).into(),
        logo: staff.forum.settings.house.logo.as_ref().map(|logo| logo.shown_size()),
        logo_error: String::new(),
    }
}

/// GET: a letter as it looks now, for the frame.
pub(super) async fn show_letter(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    Ok(framed(reading.look(&staff).await?))
}

/// GET: the logo.
pub(super) async fn show_logo(staff: Staff) -> Result<Response, Refusal> {
    let logo = staff.forum.settings.house.logo.as_ref();
    let logo = logo.ok_or_else(|| Refusal::from(Why::NotFound).in_language(staff.language))?;
    Ok(([(header::CONTENT_TYPE, logo.media_type())], logo.bytes().to_vec()).into_response())
}
