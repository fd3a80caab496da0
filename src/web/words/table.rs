//! How a file of words is written down as types.

/// `Name { field: Type, ... } section, Section: word word ...;` is a file of words: its sections, and the fields before them.
macro_rules! words {
    ($Words:ident { $($field:ident: $Type:ty,)* } $($section:ident, $Section:ident: $($word:ident)*;)*) => {
        /// The words of one language, by section.
        #[derive(Debug, serde::Deserialize, serde::Serialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::web) struct $Words {
            $(pub(in crate::web) $field: $Type,)*
            $(pub(in crate::web) $section: $Section,)*
        }
        $(
            #[derive(Debug, serde::Deserialize, serde::Serialize)]
            #[serde(deny_unknown_fields)]
            pub(in crate::web) struct $Section { $(pub(in crate::web) $word: String,)* }
        )*
    };
}
pub(super) use words;
