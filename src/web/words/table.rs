//! How a file of words is written down as types, and read into them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// `Name { field: Type, ... } section, Section: word word ...;` is a file of words: its sections, and the fields before them.
macro_rules! words {
    ($Words:ident { $($field:ident: $Type:ty,)* } $($section:ident, $Section:ident: $($word:ident)*;)*) => {
        /// The words of one language, by section.
        #[derive(Debug, serde::Serialize)]
        pub(in crate::web) struct $Words {
            $(pub(in crate::web) $field: $Type,)*
            $(pub(in crate::web) $section: $Section,)*
        }
        impl $crate::web::words::table::Take for $Words {
            fn take(from: &mut $crate::web::words::table::Taking<'_>, name: &str) -> Self {
                from.section(name, |from| Self {
                    $($field: $crate::web::words::table::Take::take(from, stringify!($field)),)*
                    $($section: $crate::web::words::table::Take::take(from, stringify!($section)),)*
                })
            }
        }
        $(
            #[derive(Debug, serde::Serialize)]
            pub(in crate::web) struct $Section { $(pub(in crate::web) $word: String,)* }
            impl $crate::web::words::table::Take for $Section {
                fn take(from: &mut $crate::web::words::table::Taking<'_>, name: &str) -> Self {
                    from.section(name, |from| Self { $($word: from.word(stringify!($word)),)* })
                }
            }
        )*
    };
}
pub(super) use words;

/// What can be taken out of a table of words. Written out instead of derived: what serde makes of some two thousand fields
/// was a sixth of the whole program.
pub(in crate::web) trait Take {
    /// Takes what stands under `name`.
    fn take(from: &mut Taking<'_>, name: &str) -> Self;
}

/// A table whose words are taken one by one.
pub(in crate::web) struct Taking<'a> {
    table: Table,
    /// Where it stands, such as `desk.accounts.`.
    place: String,
    /// What is missing, of another kind, or left over.
    faults: &'a mut Vec<String>,
}

/// All words of `table`, or everything that is wrong with it in one line.
pub(super) fn take_all<T: Take>(table: Table) -> Result<T, String> {
    let mut faults = Vec::new();
    let around = Table::from_iter([(String::new(), Value::Table(table))]);
    let words = T::take(&mut Taking { table: around, place: String::new(), faults: &mut faults }, "");
    if faults.is_empty() { Ok(words) } else { Err(faults.join("; ")) }
}

impl Taking<'_> {
    /// What `read` takes out of the section `name`, which is to be all of it.
    pub(in crate::web) fn section<T>(&mut self, name: &str, read: impl FnOnce(&mut Taking<'_>) -> T) -> T {
        let (table, place) = self.open(name);
        let (is_missing, faults_before) = (table.is_none(), self.faults.len());
        let mut inner = Taking { table: table.unwrap_or_default(), place, faults: self.faults };
        let words = read(&mut inner);
        let left: Vec<String> =
            inner.table.keys().map(|word| format!("{}{word} is not known", inner.place)).collect();
        if is_missing {
            self.faults.truncate(faults_before);
            self.faults.push(format!("[{}{name}] is missing", self.place));
        }
        self.faults.extend(left);
        words
    }

    /// The section `name`, and where its words stand.
    fn open(&mut self, name: &str) -> (Option<Table>, String) {
        let place = if name.is_empty() { String::new() } else { format!("{}{name}.", self.place) };
        match self.table.remove(name) {
            Some(Value::Table(table)) => (Some(table), place),
            _ => (None, place),
        }
    }

    /// The word `name`.
    pub(in crate::web) fn word(&mut self, name: &str) -> String {
        match self.table.remove(name) {
            Some(Value::String(word)) => word,
            _ => {
                self.faults.push(format!("{}{name} is missing", self.place));
                String::new()
            }
        }
    }
}

impl<T: Take> Take for Box<T> {
    fn take(from: &mut Taking<'_>, name: &str) -> Self {
        Box::new(T::take(from, name))
    }
}

impl<K: DeserializeOwned + Ord> Take for BTreeMap<K, String> {
    fn take(from: &mut Taking<'_>, name: &str) -> Self {
        let found = from.table.remove(name).map(Value::try_into);
        found.and_then(Result::ok).unwrap_or_else(|| {
            from.faults.push(format!("[{}{name}] is missing, or names what is not known", from.place));
            BTreeMap::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    words! {
        Sample { by_name: BTreeMap<String, String>, }
        frame, Frame: skip privacy;
        back, Back: title;
    }

    #[test]
    fn what_is_missing_left_over_or_no_text_is_told_in_one_go() {
        let whole = "[by_name]\na = \"1\"\n[frame]\nskip = \"s\"\nprivacy = \"p\"\n[back]\ntitle = \"t\"\n";
        let words: Sample = take_all(whole.parse().unwrap()).unwrap();
        assert_eq!([&words.by_name["a"], &words.frame.skip, &words.frame.privacy], ["1", "s", "p"]);
        assert_eq!(words.back.title, "t");
        let broken = "other = \"x\"\n[by_name]\na = 1\n[frame]\nskip = 1\nprivacy = \"p\"\nmore = \"m\"\n";
        assert_eq!(
            take_all::<Sample>(broken.parse().unwrap()).unwrap_err(),
            "[by_name] is missing, or names what is not known; frame.skip is missing; frame.more is not known; \
             [back] is missing; other is not known"
        );
    }
}
