//! Names that every file system takes.

use crate::ids::ItemId;
use crate::intake::attachment::plain_name;

/// A name has at most so many bytes: with its place it stays short of what Windows opens.
const LONGEST: usize = 100;

/// `0012-referat-helse`: the key stands before it, which stays when the item is corrected, as its place in the order of release
/// does not.
pub(super) fn folder_of(item: ItemId, slug: &str) -> String {
    let slug = &slug[..slug.floor_char_boundary(LONGEST)];
    format!("{:04}-{}", item.0, slug.trim_end_matches('-'))
}

/// `2-vedlegg.pdf`, of the second file of an item: its number makes it another's than any, whatever a file system makes of
/// capitals, and none that Windows takes for a device. One that is too long keeps its end.
pub(super) fn name_file(number: usize, name: &str) -> String {
    let name = plain_name(name);
    let name = name.trim_end_matches(['.', ' ']);
    format!("{number}-{}", &name[name.ceil_char_boundary(name.len().saturating_sub(LONGEST))..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder_or_is_more_than_a_file() {
        for (hostile, safe) in [
            ("Årsmøte 2027.pdf", "1-Årsmøte 2027.pdf"),
            ("../../etc/passwd", "1-passwd"),
            ("C:\\temp\\referat.pdf", "1-referat.pdf"),
            ("con.txt", "1-con.txt"),
            ("slutt. .", "1-slutt"),
            ("..", "1-vedlegg"),
            ("", "1-vedlegg"),
        ] {
            assert_eq!(name_file(1, hostile), safe, "{hostile:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_letters_and_keeps_its_end() {
        let long = name_file(12, &format!("{}.pdf", "ø".repeat(110)));
        assert_eq!(long, format!("12-{}.pdf", "ø".repeat(48)));
        assert_eq!(folder_of(ItemId(12), &"a-".repeat(80)), format!("0012-{}a", "a-".repeat(49)));
        assert_eq!(folder_of(ItemId(12_345), "referat-helse"), "12345-referat-helse");
    }
}
