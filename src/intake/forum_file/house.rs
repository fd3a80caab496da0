//! The forum file's `[sender]`, `[privacy]`, `[letter]`, `[basis]` and `[texts]`: who sends, how letters look, why data may be
//! kept and what is said in the forum's own words, where it is not the operator's `treff.toml` that says it.

use super::table::{Problems, Table, unknown};
use super::terms::read_words;
use crate::forum::{Basis, Colour, EmailAddress, Ground, House, TextPlace, Way};

/// What the file settles of it.
pub(super) fn read(root: &Table<'_>, problems: &mut Problems<'_>) -> House {
    let mut house = House::default();
    if let Some(table) = root.table("sender", "[sender]", problems) {
        table.refuse_unknown_keys(&["address", "reply_name", "reply_address", "postal_address"], problems);
        house.sender = read_address(&table, "address", problems);
        house.reply_name = read_line(&table, "reply_name", problems);
        house.reply_address = read_address(&table, "reply_address", problems);
        house.postal_address = read_line(&table, "postal_address", problems);
    }
    if let Some(table) = root.table("privacy", "[privacy]", problems) {
        table.refuse_unknown_keys(&["controller", "contact", "officer"], problems);
        house.controller = read_line(&table, "controller", problems);
        house.privacy_contact = read_line(&table, "contact", problems);
        house.officer = read_line(&table, "officer", problems);
    }
    if let Some(table) = root.table("letter", "[letter]", problems) {
        table.refuse_unknown_keys(&["colour", "about"], problems);
        if let Some(text) = table.text("colour", problems) {
            let readable = Colour::readable(&text.value);
            house.colour = readable.map_err(|error| problems.add(&text.at, error)).ok();
        }
        house.about = read_words(&table, "about", "{ nb = \"Et samarbeid om kompetanse.\" }", problems);
    }
    if let Some(table) = root.table("basis", "[basis]", problems) {
        table.refuse_unknown_keys(GROUND_KEYS.as_flattened(), problems);
        for (way, [basis, reason]) in Way::ALL.into_iter().zip(GROUND_KEYS) {
            house.grounds.set(way, read_ground(&table, way, [basis, reason], problems));
        }
    }
    if let Some(table) = root.table("texts", "[texts]", problems) {
        table.refuse_unknown_keys(&TextPlace::ALL.map(TextPlace::word), problems);
        for place in TextPlace::ALL {
            let names = read_words(&table, place.word(), "{ nb = \"Bli med i forumet.\" }", problems);
            house.texts.set(place, &names);
        }
    }
    house
}

/// The keys of `[basis]`: of each way its basis, and why.
pub(super) const GROUND_KEYS: [[&str; 2]; 3] =
    [["place", "place_reason"], ["list", "list_reason"], ["staff", "staff_reason"]];

fn read_ground(
    table: &Table<'_>,
    way: Way,
    [basis, reason]: [&'static str; 2],
    problems: &mut Problems<'_>,
) -> Ground {
    let reason = read_words(table, reason, "{ nb = \"Forumet er en forening.\" }", problems);
    let Some(text) = table.text(basis, problems) else { return Ground { reason, ..Ground::default() } };
    let chosen = Basis::from_word(&text.value).filter(|basis| way.bases().contains(basis));
    if chosen.is_none() {
        let known: Vec<&str> = way.bases().iter().map(|basis| basis.word()).collect();
        problems.add(&text.at, unknown("legal basis", &text.value, "legal bases here", &known));
    }
    Ground { basis: chosen.unwrap_or_default(), reason }
}

fn read_line(table: &Table<'_>, key: &str, problems: &mut Problems<'_>) -> Option<String> {
    table.text(key, problems).map(|text| text.value)
}

fn read_address(table: &Table<'_>, key: &str, problems: &mut Problems<'_>) -> Option<EmailAddress> {
    let text = table.text(key, problems)?;
    let address = match text.value.parse::<EmailAddress>() {
        Ok(address) => address,
        Err(error) => {
            problems.add(&text.at, error);
            return None;
        }
    };
    if let Err(error) = House::check_address(&address) {
        problems.add(&text.at, format!("{key} = \"{address}\" cannot be used: {error}"));
        return None;
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use crate::intake::forum_file::read_forum_file;

    #[test]
    fn what_is_wrong_with_sender_and_look_is_told_by_line() {
        let file = "name = \"Nord\"\ntime_zone = \"Europe/Oslo\"\n[cadence]\nweekly = \"0 30 7 * * Mon\"\n\
                    [sender]\naddress = \"bounce@nord.example\"\nreply_address = \"kari\"\nphone = \"1\"\n\
                    [letter]\ncolour = \"#ffee00\"\nabout = \"Et forum\"\n";
        let told = read_forum_file("forum.toml", file).expect_err("all of it is wrong");
        let begins = [
            "forum.toml:6: address = \"bounce@nord.example\" cannot be used: mail to bounce@",
            "forum.toml:7: \"kari\" is not an e-mail address",
            "forum.toml:8: unknown key in [sender] \"phone\"",
            "forum.toml:10: #ffee00 has a contrast of 1.1 to 1 on the letter's paper",
            "forum.toml:11: about must be a table such as",
        ];
        assert_eq!(told.len(), begins.len(), "{told:#?}");
        for (told, begin) in told.iter().zip(begins) {
            assert!(told.starts_with(begin), "{told} is not {begin}");
        }
    }
}
