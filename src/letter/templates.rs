//! Templates: the built-in ones, an operator's own instead of them, and the proof at start that every
//! one of them renders in every language.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::Value;
use tera::{Context, ErrorKind, Tera};

use super::built_in::{TemplateError, built_in_text, list_built_in_letters, load_once};
use super::context::{Frame, Sample};
use super::locale::{Locale, Locales};
use crate::forum::{Colour, Language};

/// The templates and words of letters, parsed once at start.
#[derive(Debug, Clone)]
pub struct Letters {
    /// By name, as they were read.
    sources: Arc<BTreeMap<String, String>>,
    parsed: Arc<Parsed>,
    locales: Locales,
}

/// The built-in set: each edition keeps its own, which mostly is this one.
static BUILT_IN: OnceLock<Letters> = OnceLock::new();

/// Tera with the paths of an operator's own templates, for errors.
struct Parsed {
    tera: Tera,
    own: BTreeMap<String, PathBuf>,
}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "templates, own: {:?}", self.own)
    }
}

impl Letters {
    /// The built-in templates, with those in `overrides`/letter in their place, each rendered once with
    /// samples in every language.
    ///
    /// # Errors
    /// The first mistake, with file, line and column: a file whose name no template has, a syntax error,
    /// a variable that is not there, an own template that leaves out the unsubscribe link, the sender
    /// or the reason.
    pub fn load(overrides: Option<&Path>) -> Result<Letters, TemplateError> {
        let mut sources: BTreeMap<String, String> = BTreeMap::new();
        for name in list_built_in_letters() {
            sources.insert(name.clone(), built_in_text(&name)?);
        }
        let Some(folder) = overrides else {
            return load_once(&BUILT_IN, || Letters::parse(sources, BTreeMap::new()));
        };
        let mut own = BTreeMap::new();
        for (name, path) in list_own(folder, &sources)? {
            let text = std::fs::read_to_string(&path).map_err(|e| {
                TemplateError::new(path.display().to_string(), format!("cannot be read: {e}"))
            })?;
            sources.insert(name.clone(), text);
            own.insert(name, path);
        }
        Letters::parse(sources, own)
    }

    /// All templates as one text, to be kept with an edition: what it was opened with it is written with.
    pub fn written_set(&self) -> Vec<u8> {
        serde_json::to_vec(&*self.sources).unwrap_or_default()
    }

    /// The templates that [`Letters::written_set`] wrote.
    ///
    /// # Errors
    /// The set cannot be read, or this program's letters ask for more than it holds.
    pub fn read_set(set: &[u8]) -> Result<Letters, TemplateError> {
        let sources = serde_json::from_slice(set)
            .map_err(|e| TemplateError::new("an edition's templates", format!("cannot be read: {e}")))?;
        match BUILT_IN.get() {
            Some(built_in) if *built_in.sources == sources => Ok(built_in.clone()),
            _ => Letters::parse(sources, BTreeMap::new()),
        }
    }

    /// The same in a forum's colour: wherever the templates, an operator's own too, name ours, they name that.
    ///
    /// # Errors
    /// None that the templates did not have before.
    pub fn dyed(&self, colour: Colour) -> Result<Letters, TemplateError> {
        let sources = self.sources.iter().map(|(name, text)| (name.clone(), dye(text, colour))).collect();
        Letters::parse(sources, self.parsed.own.clone())
    }

    fn parse(
        sources: BTreeMap<String, String>,
        own: BTreeMap<String, PathBuf>,
    ) -> Result<Letters, TemplateError> {
        let locales = Locales::load()?;
        let mut tera = Tera::default();
        tera.autoescape_on(vec![".html"]);
        let added = tera.add_raw_templates(sources.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let parsed = Arc::new(Parsed { tera, own });
        added.map_err(|error| parsed.explain("templates/letter", &error))?;
        let letters = Letters { sources: Arc::new(sources), parsed, locales };
        letters.render_samples()?;
        Ok(letters)
    }

    /// The words of `language`.
    pub fn locale(&self, language: Language) -> &Locale {
        self.locales.get(language)
    }

    /// Renders one template. Control characters in `context` are dropped except in slots and links,
    /// which are ours: no text can forge a slot.
    pub(super) fn render<C: Serialize>(&self, name: &str, context: &C) -> Result<String, TemplateError> {
        let mut value = serde_json::to_value(context)
            .map_err(|e| TemplateError::new(name, format!("bad context: {e}")))?;
        drop_control_characters(&mut value);
        let context = Context::from_serialize(&value).map_err(|e| self.parsed.explain(name, &e))?;
        self.parsed.tera.render(name, &context).map_err(|e| self.parsed.explain(name, &e))
    }

    fn render_samples(&self) -> Result<(), TemplateError> {
        for language in Language::ALL {
            let locale = self.locale(language);
            for sample in Sample::all(locale, language) {
                for ending in ["html", "txt"] {
                    let name = format!("letter/{}.{ending}", sample.template());
                    let text = self.render(&name, &sample)?;
                    self.require_slots(&name, &sample, &text)?;
                }
            }
        }
        Ok(())
    }

    /// Refuses a template whose output lacks what every letter must hold.
    fn require_slots(&self, name: &str, sample: &Sample<'_>, text: &str) -> Result<(), TemplateError> {
        for (needed, written) in sample.must_hold() {
            if !text.contains(&needed) {
                let message = format!("leaves out {written}; every letter must hold it, so put it in");
                return Err(TemplateError::new(self.parsed.file(name), message));
            }
        }
        if matches!(sample, Sample::Frame(_)) && text.matches(Frame::CARDS).count() != 1 {
            let message = "holds {{ slots.cards }} more than once; the items stand in one place";
            return Err(TemplateError::new(self.parsed.file(name), message));
        }
        Ok(())
    }
}

/// A template that names `colour` where it named ours.
pub(super) fn dye(template: &str, colour: Colour) -> String {
    template
        .replace(&Colour::OURS.to_string(), &colour.to_string())
        .replace(&Colour::OURS_ON_DARK.to_string(), &colour.on_dark().to_string())
}

impl Parsed {
    fn file(&self, name: &str) -> String {
        self.own.get(name).map_or_else(|| name.to_owned(), |path| path.display().to_string())
    }

    fn explain(&self, name: &str, error: &tera::Error) -> TemplateError {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => TemplateError {
                file: self.file(report.filename()),
                place: Some((report.span().start_line, report.span().start_col + 1)),
                message: report.message().to_owned(),
            },
            _ => self
                .explain_report(&error.to_string())
                .unwrap_or_else(|| TemplateError::new(self.file(name), error.to_string())),
        }
    }

    /// Names that templates call (filters, components, other templates) are checked once all are
    /// there; tera tells what is missing as finished reports, `error: what` and ` --> file:line:column`.
    fn explain_report(&self, report: &str) -> Option<TemplateError> {
        let (_, rest) = report.split_once("error: ")?;
        let (message, rest) = rest.split_once('\n')?;
        let mut place = rest.split_once("--> ")?.1.lines().next()?.rsplitn(3, ':');
        let (column, line) = (place.next()?.parse().ok()?, place.next()?.parse().ok()?);
        let file = self.file(place.next()?);
        Some(TemplateError { file, place: Some((line, column)), message: message.to_owned() })
    }
}

/// An operator's own templates: `letter/NAME` under `folder`, each with the name of a built-in one.
/// Files of other rooms (pages) are theirs to check.
fn list_own(
    folder: &Path,
    known: &BTreeMap<String, String>,
) -> Result<Vec<(String, PathBuf)>, TemplateError> {
    let cannot = |path: &Path, e: std::io::Error| {
        TemplateError::new(path.display().to_string(), format!("cannot be read: {e}"))
    };
    let root = folder.canonicalize().map_err(|e| cannot(folder, e))?;
    let letters = folder.join("letter");
    let mut own = vec![];
    if !letters.is_dir() {
        return Ok(own);
    }
    for entry in std::fs::read_dir(&letters).map_err(|e| cannot(&letters, e))? {
        let path = entry.map_err(|e| cannot(&letters, e))?.path();
        let shown = path.display().to_string();
        let name = format!("letter/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if !known.contains_key(&name) {
            let names: Vec<_> = known.keys().map(String::as_str).collect();
            let message = format!("is no template of treff; the names are {}", names.join(", "));
            return Err(TemplateError::new(shown, message));
        }
        if !path.canonicalize().map_err(|e| cannot(&path, e))?.starts_with(&root) {
            return Err(TemplateError::new(
                shown,
                "leads out of the folder of templates; copy the file into it",
            ));
        }
        own.push((name, path));
    }
    own.sort();
    Ok(own)
}

/// Keys under which our own control bytes stand.
const OURS: [&str; 2] = ["slots", "links"];

fn drop_control_characters(value: &mut Value) {
    match value {
        Value::String(text) => {
            if text.contains(char::is_control) {
                text.retain(|c| !c.is_control() || c == '\n');
            }
        }
        Value::Array(list) => list.iter_mut().for_each(drop_control_characters),
        Value::Object(map) => {
            map.iter_mut()
                .filter(|(key, _)| !OURS.contains(&key.as_str()))
                .for_each(|(_, v)| drop_control_characters(v));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
