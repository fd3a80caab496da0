//! The index: what lies where, of which item, and what its bytes are known by.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::intake::sheet::{CsvError, Separator, write_csv};

/// All of it.
#[derive(Debug, Serialize)]
pub struct Index {
    /// The forum's name.
    pub(super) forum: String,
    /// In the order in which they were queued.
    pub(super) items: Vec<Entry>,
}

/// An item.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    /// Its key.
    pub(super) number: i64,
    pub(super) slug: String,
    pub(super) kind: String,
    pub(super) released_at: DateTime<Utc>,
    pub(super) withdrawn_at: Option<DateTime<Utc>>,
    pub(super) versions: Vec<Version>,
}

/// A version that went out.
#[derive(Debug, Serialize)]
pub(super) struct Version {
    pub(super) version: i64,
    pub(super) written_at: DateTime<Utc>,
    pub(super) written_by: Option<String>,
    pub(super) group: Option<String>,
    pub(super) visibility: String,
    pub(super) importance: String,
    /// In each language its text and its page; then what it carries.
    pub(super) files: Vec<Written>,
}

/// A file of the export.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Written {
    pub(super) file: String,
    /// Of what a version carries the name that it had.
    pub(super) title: String,
    /// Of what a version carries none.
    pub(super) language: Option<&'static str>,
    pub(super) media_type: String,
    pub(super) bytes: usize,
    pub(super) sha256: String,
}

/// The columns of the sheet: fields of a file, its version and its item.
const COLUMNS: [&str; 17] = [
    "number",
    "slug",
    "kind",
    "title",
    "language",
    "group",
    "visibility",
    "importance",
    "version",
    "written_at",
    "written_by",
    "released_at",
    "withdrawn_at",
    "file",
    "media_type",
    "bytes",
    "sha256",
];

impl Index {
    /// How many items there are.
    pub fn items(&self) -> usize {
        self.items.len()
    }
}

/// The index, as JSON, as a sheet: a row for each file of each version. It parts cells by commas whoever takes it, for the same
/// items make the same bytes.
pub(super) fn write_sheet(index: &Value) -> Result<String, CsvError> {
    let mut rows = Vec::new();
    for item in list(index, "items") {
        for version in list(item, "versions") {
            for file in list(version, "files") {
                let find = |column: &str| [file, version, item].into_iter().find_map(|of| of.get(column));
                rows.push(COLUMNS.map(|column| find(column).map_or_else(String::new, cell_of)));
            }
        }
    }
    write_csv(&COLUMNS, rows.into_iter(), Separator::Comma)
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn cell_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_sheet_has_a_row_for_each_file_and_no_cell_that_is_a_formula() {
        let text =
            json!({ "title": "=Referat, \"mars\"", "language": "nb", "file": "0001-a/v1-nb.md", "bytes": 3 });
        let carried = json!({ "title": "a.pdf", "language": null, "file": "0001-a/files/1-a.pdf" });
        let version = json!({ "version": 1, "group": "health", "files": [text, carried] });
        let item = json!({ "number": 7, "slug": "a", "kind": "minutes", "versions": [version] });
        let sheet = write_sheet(&json!({ "items": [item] })).unwrap();
        let rows: Vec<&str> = sheet.lines().skip(1).collect();
        assert_eq!(
            rows,
            [
                "7,a,minutes,\"'=Referat, \"\"mars\"\"\",nb,health,,,1,,,,,0001-a/v1-nb.md,,3,",
                "7,a,minutes,a.pdf,,health,,,1,,,,,0001-a/files/1-a.pdf,,,"
            ]
        );
    }
}
