//! Page templates: parsed once, each with one typed context.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};

use super::assets::Assets;
use super::desk_frame::DeskFrame;
use super::words::{TemplateError, Words, fill};
use crate::forum::{Language, Recipient};
use crate::letter::load_once;

#[derive(RustEmbed)]
#[folder = "templates/page"]
struct PageFiles;

#[derive(RustEmbed)]
#[folder = "templates/components"]
struct ComponentFiles;

/// What one page shows: the typed context of one template.
pub(super) trait Content: Serialize {
    /// The template's file name.
    const TEMPLATE: &'static str;
}

/// What stands around every page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Frame {
    /// The forum's name.
    pub(super) forum: String,
    /// The reader's language.
    #[serde(rename = "lang")]
    pub(super) language: Language,
    /// The path that the pages lie under; empty or `/treff`.
    pub(super) root: String,
    /// The forum's postal address, if the operator gave one.
    pub(super) postal_address: Option<String>,
    /// The way around one's own pages, for who is signed in.
    pub(super) nav: Option<Nav>,
    /// The way around the desk, for staff.
    pub(super) desk: Option<DeskFrame>,
}

/// What stands in the head of the pages of who is signed in.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Nav {
    /// Whose pages they are.
    masked: String,
}

impl Nav {
    /// The way around the pages of `recipient`.
    pub(super) fn of(recipient: &Recipient) -> Nav {
        Nav { masked: recipient.email.masked() }
    }
}

/// All page templates with their words.
#[derive(Clone)]
pub(super) struct Templates {
    built_in: Arc<BuiltIn>,
    assets: Value,
}

/// What is the same in every forum.
struct BuiltIn {
    tera: Tera,
    words: BTreeMap<Language, (Words, Value)>,
}

impl BuiltIn {
    fn parse() -> Result<Arc<BuiltIn>, TemplateError> {
        let fail = |e: tera::Error| TemplateError { name: "page".to_owned(), message: e.to_string() };
        let mut tera = Tera::new();
        tera.register_filter("fill", fill_words);
        let files = embedded::<ComponentFiles>("components/").chain(embedded::<PageFiles>(""));
        tera.add_raw_templates(files.collect::<Vec<_>>()).map_err(fail)?;
        let mut words = BTreeMap::new();
        for language in Language::ALL {
            let own = Words::load(language)?;
            let value = Value::from_serializable(&own);
            words.insert(language, (own, value));
        }
        Ok(Arc::new(BuiltIn { tera, words }))
    }
}

impl Templates {
    /// Parses all templates and reads all words, once in a process.
    pub(super) fn load(assets: &Assets) -> Result<Templates, TemplateError> {
        static BUILT_IN: OnceLock<Arc<BuiltIn>> = OnceLock::new();
        let built_in = load_once(&BUILT_IN, BuiltIn::parse)?;
        Ok(Templates { built_in, assets: Value::from_serializable(assets) })
    }

    /// The words of `language`.
    pub(super) fn words(&self, language: Language) -> &Words {
        &self.built_in.words[&language].0
    }

    /// The page as HTML.
    pub(super) fn render<C: Content>(&self, frame: &Frame, page: &C) -> Result<String, TemplateError> {
        let fail =
            |e: tera::Error| TemplateError { name: format!("page/{}", C::TEMPLATE), message: e.to_string() };
        let mut context = Context::from_serialize(frame).map_err(fail)?;
        context.insert_value("words", self.built_in.words[&frame.language].1.clone());
        context.insert_value("assets", self.assets.clone());
        context.insert("page", page);
        self.built_in.tera.render(C::TEMPLATE, &context).map_err(fail)
    }
}

fn embedded<Files: RustEmbed>(folder: &str) -> impl Iterator<Item = (String, String)> {
    Files::iter().filter(|name| name.ends_with(".html")).filter_map(move |name| {
        let text = String::from_utf8(Files::get(&name)?.data.into_owned()).ok()?;
        Some((format!("{folder}{name}"), text))
    })
}

/// `{{ words.a.b | fill(name=value) }}` replaces each `{name}`; what comes out is escaped like all else.
fn fill_words(text: &str, values: Kwargs, _: &State) -> String {
    let values: Vec<(String, String)> =
        values.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let borrowed: Vec<(&str, &str)> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fill(text, &borrowed)
}
