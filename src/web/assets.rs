//! The few files that pages need besides HTML. Their names carry the hash of their content, so that they may be kept for ever.

use rust_embed::RustEmbed;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

#[derive(RustEmbed)]
#[folder = "templates/page"]
struct Files;

/// Where pages find each file.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Assets {
    /// The one style sheet.
    pub(super) style: String,
    /// The one picture: what stands in the browser's tab.
    pub(super) icon: String,
    /// Refreshes the preview on the preference page.
    pub(super) prefs_script: String,
    /// Saves drafts while one writes.
    pub(super) queue_script: String,
    /// Presses the button of whoever comes back from another house.
    pub(super) onward_script: String,
    /// Shows how a mailing goes on.
    pub(super) mailing_script: String,
    #[serde(skip)]
    list: Vec<Asset>,
}

#[derive(Debug, Clone)]
struct Asset {
    path: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

impl Assets {
    /// Hashes the embedded files.
    pub(super) fn load() -> Assets {
        let list = vec![
            asset("treff.css", "text/css; charset=utf-8"),
            asset("treff.svg", "image/svg+xml"),
            asset("prefs.js", "text/javascript; charset=utf-8"),
            asset("queue.js", "text/javascript; charset=utf-8"),
            asset("mailing.js", "text/javascript; charset=utf-8"),
            asset("onward.js", "text/javascript; charset=utf-8"),
        ];
        Assets {
            style: list[0].path.clone(),
            icon: list[1].path.clone(),
            prefs_script: list[2].path.clone(),
            queue_script: list[3].path.clone(),
            mailing_script: list[4].path.clone(),
            onward_script: list[5].path.clone(),
            list,
        }
    }

    /// Media type and bytes of the file at `path`, which begins with `/assets/`.
    pub(super) fn find(&self, path: &str) -> Option<(&'static str, &[u8])> {
        self.list.iter().find(|a| a.path == path).map(|a| (a.media_type, a.bytes.as_slice()))
    }
}

fn asset(name: &str, media_type: &'static str) -> Asset {
    let bytes = Files::get(name).map(|f| f.data.into_owned()).unwrap_or_default();
    let hash = hex::encode(&Sha256::digest(&bytes)[..8]);
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    Asset { path: format!("/assets/{stem}-{hash}.{ending}"), media_type, bytes }
}
