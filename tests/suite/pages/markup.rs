//! What a browser would make of a page: read by a parser of HTML, not by looking for words in it.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, StartTag, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// A start tag with its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct Sink(RefCell<Vec<Element>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(Tag { kind, name, attrs, .. }) = token else { return TokenSinkResult::Continue };
        if kind != StartTag {
            self.0.borrow_mut().push(Element { name: format!("/{name}"), attributes: Vec::new() });
            return TokenSinkResult::Continue;
        }
        let attributes = attrs.iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
        self.0.borrow_mut().push(Element { name: name.to_string(), attributes });
        match &*name {
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "style" | "noscript" | "iframe" => TokenSinkResult::RawData(RawKind::Rawtext),
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            _ => TokenSinkResult::Continue,
        }
    }
}

/// The elements of a page, in their order; where one ends, `/` and its name.
pub fn list_elements(html: &str) -> Vec<Element> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// Attributes that hold an address.
const ADDRESSES: [&str; 9] =
    ["href", "src", "action", "formaction", "data", "poster", "xlink:href", "background", "cite"];

/// Elements that no page of ours has: they run, load or redirect.
const FOREIGN: [&str; 11] = [
    "object",
    "embed",
    "applet",
    "base",
    "svg",
    "math",
    "frame",
    "template",
    "portal",
    "foreignobject",
    "marquee",
];

/// What a page holds that could run or load something that is not ours.
pub fn list_dangers(html: &str) -> Vec<String> {
    list_elements(html).iter().flat_map(dangers_of).collect()
}

fn dangers_of(element: &Element) -> Vec<String> {
    let mut dangers = Vec::new();
    let mut say = |what: String| dangers.push(format!("<{}> {what}", element.name));
    if FOREIGN.contains(&element.name.as_str()) {
        say("stands in a page".to_owned());
    }
    let loads =
        ["script", "link", "img", "iframe", "source", "video", "audio"].contains(&element.name.as_str());
    if element.name == "script" && element.attribute("src").is_none() {
        say("has its script in the page".to_owned());
    }
    if element.name == "meta" && element.attribute("http-equiv").is_some() {
        say("commands the browser".to_owned());
    }
    for (name, value) in &element.attributes {
        if name.starts_with("on") || ["style", "srcdoc", "srcset", "ping"].contains(&name.as_str()) {
            say(format!("has {name}=\"{value}\""));
        }
        if !ADDRESSES.contains(&name.as_str()) {
            continue;
        }
        let address: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let address = address.to_lowercase();
        if ["javascript:", "vbscript:", "data:", "file:", "blob:"].iter().any(|s| address.starts_with(s)) {
            say(format!("runs {name}=\"{value}\""));
        }
        // A canonical link names our own public address and loads nothing.
        let names_only = element.attribute("rel").is_some_and(|rel| rel == "canonical");
        let is_own = address.starts_with('/') && !address.starts_with("//");
        if loads && !names_only && !is_own {
            say(format!("loads {name}=\"{value}\""));
        }
    }
    dangers
}

#[test]
fn what_could_run_is_seen_however_it_is_written() {
    for html in [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example></sCript>",
        "<a href=' java\nscript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<img src=x onerror=alert(1)>",
        "<p style='background:url(x)'>",
        "<svg/onload=alert(1)>",
        "<textarea></textarea><script>",
        "<form action=javascript:x>",
        "<iframe srcdoc='<script>'>",
        "<meta http-equiv=refresh content=0>",
        "<base href=//evil.example>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
    ] {
        assert!(!list_dangers(html).is_empty(), "{html}");
    }
    for html in [
        "<p>&lt;script&gt;</p><a href='/x'>javascript:</a><a href='mailto:a@b.example'>x</a>",
        "<textarea><script>alert(1)</script></textarea>",
        "<title><img src=x onerror=1></title><script src=/assets/x.js></script>",
        "<a href='https://elsewhere.example/'>x</a>",
    ] {
        assert_eq!(list_dangers(html), [""; 0], "{html}");
    }
}
