//! How letters look: colour, logo and the sentence at the foot, with a letter beside.

use std::sync::Arc;

use axum::extract::Multipart;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::line::read_line;
use super::stands::{Overtaken, Stands, name_all, read_over};
use crate::forum::{Colour, ColourError, House, Language, Logo, LogoError, Names};
use crate::web::inbox::framed;
use crate::web::refusal::{Refusal, Why, overtaken, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{LookWords, SettingsWords, fill};

/// The longest sentence about the forum, in characters.
const LONGEST: usize = 300;

/// What was filled in.
#[derive(Default)]
struct Said {
    /// Names what stood when the form was shown.
    seen: String,
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
    /// Somebody else saved since the form was shown.
    overtaken: Option<Overtaken>,
    seen: String,
    any_wrong: bool,
    colour: String,
    /// Its contrast, in words.
    contrast: String,
    colour_error: String,
    about: Vec<About>,
    /// Width and height of the logo as letters show it.
    logo: Option<(u32, u32)>,
    /// It is to go.
    no_logo: bool,
    logo_error: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_look.html";
}

impl Said {
    fn of(house: &House) -> Said {
        Said {
            seen: name(house),
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
                "seen" => said.seen = text(),
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
    let colour = Colour::readable(&said.colour);
    let logo = said.logo.clone().map(Logo::read).transpose();
    let (colour, new_logo) = match (colour, logo) {
        (Ok(colour), Ok(logo)) => (colour, logo.map(Arc::new)),
        (colour, logo) => {
            let mut page = Page { any_wrong: true, ..page_of(&reading, &staff, &said) };
            page.logo_error = logo.err().map(|error| tell_logo(words, error)).unwrap_or_default();
            if let Err(error) = colour {
                let (told, nearest) = tell_colour(words, &error);
                page.colour_error = told;
                page.colour = nearest.unwrap_or(Colour::OURS).to_string();
            }
            return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
        }
    };
    let read = |old: &House| {
        Some(House {
            colour: Some(colour).filter(|colour| *colour != Colour::OURS),
            about: Names(said.sentences().collect()),
            logo: new_logo.or_else(|| old.logo.clone().filter(|_| !said.no_logo)),
            ..old.clone()
        })
    };
    let seen = (said.seen.as_str(), name as fn(&House) -> String);
    match writing.change_seen_settings(staff, |standing| read_over(standing, seen, read)).await? {
        Ok(staff) => {
            let page = page_of(&reading, &staff, &Said::of(&staff.forum.settings.house));
            reading.0.desk_page(&staff, &Page { saved: true, ..page })
        }
        Err(staff) => tell_overtaken(&reading, &staff, &said),
    }
}

/// What was typed, beside what stands now. A picture that was chosen has to be chosen again.
fn tell_overtaken(reading: &Reading, staff: &Staff, said: &Said) -> Result<Response, Refusal> {
    let words = &reading.0.words(staff.language).settings;
    let standing = page_of(reading, staff, &Said::of(&staff.forum.settings.house));
    let typed = page_of(reading, staff, said);
    let told = Overtaken::of(list(words, &standing), list(words, &typed));
    let logo_error = said.logo.as_ref().map(|_| words.look.logo_again.clone()).unwrap_or_default();
    let page = Page { overtaken: Some(told), seen: standing.seen, logo_error, ..typed };
    Ok(overtaken(reading.0.desk_page(staff, &page)?))
}

/// What the form says in words.
fn list(words: &SettingsWords, page: &Page) -> Vec<Stands> {
    let tell = |about: &About| Stands::new(format!("{}, {}", words.look.about, about.label), &about.value);
    let colour = Stands::new(&words.look.colour, &page.colour);
    [colour].into_iter().chain(page.about.iter().map(tell)).collect()
}

/// Names what the form is filled from.
fn name(house: &House) -> String {
    let logo = house.logo.as_ref().map(|logo| hex::encode(Sha256::digest(logo.bytes())));
    name_all(&(house.colour, &house.about, logo))
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
        overtaken: None,
        seen: said.seen.clone(),
        any_wrong: false,
        colour: colour.unwrap_or(Colour::OURS).to_string(),
        contrast: colour.map(tell).unwrap_or_default(),
        colour_error: String::new(),
        about: Language::ALL.map(about).into(),
        logo: staff.forum.settings.house.logo.as_ref().map(|logo| logo.shown_size()),
        no_logo: said.no_logo,
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
    let logo = logo.ok_or_else(|| staff.nothing_there())?;
    Ok(([(header::CONTENT_TYPE, logo.media_type())], logo.bytes().to_vec()).into_response())
}
