//! The files under `src/`, with the room that each belongs to.

use std::path::{Path, PathBuf};

use super::scan::{Named, list_paths};

/// One Rust file.
pub struct File {
    /// From the repository's root: `src/forum/term.rs`.
    pub path: String,
    /// `["forum", "term"]`; empty for `lib.rs` and `main.rs`.
    pub module: Vec<String>,
    pub text: String,
    pub named: Vec<Named>,
}

impl File {
    /// The first folder or root file that it lies in, such as `forum`; none for `lib.rs` and `main.rs`.
    pub fn room(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// The folders it lies in: `["cli", "demo"]` for `src/cli/demo/mod.rs`.
    pub fn folders(&self) -> Vec<String> {
        let mut parts: Vec<String> = self.path.split('/').skip(1).map(str::to_owned).collect();
        parts.pop();
        parts
    }
}

/// Where the repository lies.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under `src/`, in order of its path.
pub fn list_files() -> Vec<File> {
    let mut paths = Vec::new();
    collect(&root().join("src"), &mut paths);
    paths.sort();
    assert!(paths.len() > 20, "src/ lies beside Cargo.toml");
    paths.iter().map(|path| read(path)).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src/ can be read") {
        let path = entry.expect("src/ can be read").path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn read(path: &Path) -> File {
    let text = std::fs::read_to_string(path).expect("source is UTF-8");
    let path = path.strip_prefix(root()).expect("under the root").to_str().expect("UTF-8").to_owned();
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let module: Vec<String> =
        inner.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main")).map(str::to_owned).collect();
    let named = list_paths(&text, &module);
    File { path, module, text, named }
}
