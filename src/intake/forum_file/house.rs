//! The forum file's `[sender]`, `[privacy]` and `[letter]`: who sends and how letters look, where it is not the
//! operator's `treff.toml` that says it.

use super::table::{Problems, Table};
use super::terms::read_words;
use crate::forum::{Colour, EmailAddress, House};

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
    house
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
