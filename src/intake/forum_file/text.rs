//! Writing a forum file, so that what was changed without it can be kept in it again.

use std::fmt;

use super::file::{FileTerm, ForumFile};
use super::house::GROUND_KEYS;
use crate::forum::{Basis, EmailAddress, Facet, ForumSettings, Holidays, House, Names, TextPlace, Way};

impl fmt::Display for ForumFile {
    /// The file as `read_forum_file` reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_settings(&self.settings, f)?;
        self.terms.iter().try_for_each(|term| write_term(term, f))
    }
}

fn write_settings(settings: &ForumSettings, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "name = {}", quoted(&settings.name))?;
    writeln!(f, "slug = {}", quoted(&settings.slug))?;
    writeln!(f, "time_zone = {}", quoted(settings.zone.name()))?;
    writeln!(f, "language = {}", quoted(settings.language.tag()))?;
    if let Some(Holidays::Norway) = settings.holidays {
        writeln!(f, "holidays = \"NO\"")?;
    }
    let spans = settings.pause.iter().map(|span| quoted(&format!("{}/{}", span.first, span.last)));
    writeln!(f, "pause = [{}]", spans.collect::<Vec<_>>().join(", "))?;
    writeln!(f, "cap = {}", settings.cap)?;
    writeln!(f, "learning = {}", settings.learning)?;
    writeln!(f, "\n[cadence]")?;
    settings
        .cadences
        .iter()
        .try_for_each(|(cadence, times)| writeln!(f, "{cadence} = {}", quoted(&times.0)))?;
    write_house(&settings.house, f)
}

fn write_house(house: &House, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let written = |value: Option<String>| value.map(|value| quoted(&value));
    let address = |value: &Option<EmailAddress>| written(value.as_ref().map(ToString::to_string));
    let about = (!house.about.is_empty()).then(|| names_table(&house.about));
    let tables = [
        (
            "sender",
            vec![
                ("address", address(&house.sender)),
                ("reply_name", written(house.reply_name.clone())),
                ("reply_address", address(&house.reply_address)),
                ("postal_address", written(house.postal_address.clone())),
            ],
        ),
        (
            "privacy",
            vec![
                ("controller", written(house.controller.clone())),
                ("contact", written(house.privacy_contact.clone())),
                ("officer", written(house.officer.clone())),
            ],
        ),
        ("letter", vec![("colour", written(house.colour.map(String::from))), ("about", about)]),
    ];
    let grounds = Way::ALL.into_iter().zip(GROUND_KEYS).flat_map(|(way, [basis, reason])| {
        let ground = house.grounds.of(way);
        let reasons = (!ground.reason.is_empty()).then(|| names_table(&ground.reason));
        let named = (ground.basis != Basis::default()).then(|| quoted(ground.basis.word()));
        [(basis, named), (reason, reasons)]
    });
    let texts = TextPlace::ALL.map(|place| {
        let own = house.texts.all(place);
        (place.word(), (!own.is_empty()).then(|| names_table(&own)))
    });
    let more = [("basis", grounds.collect()), ("texts", texts.into())];
    for (table, keys) in tables.into_iter().chain(more) {
        let mut set = keys.into_iter().filter_map(|(key, value)| Some((key, value?))).peekable();
        if set.peek().is_some() {
            writeln!(f, "\n[{table}]")?;
        }
        set.try_for_each(|(key, value)| writeln!(f, "{key} = {value}"))?;
    }
    Ok(())
}

fn names_table(names: &Names) -> String {
    let names = names.0.iter().map(|(language, name)| format!("{language} = {}", quoted(name)));
    format!("{{ {} }}", names.collect::<Vec<_>>().join(", "))
}

fn write_term(term: &FileTerm, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let table = match term.term.facet {
        Facet::Role => "role",
        Facet::Group => "group",
        _ => "sector",
    };
    writeln!(f, "\n[[{table}]]\nslug = {}", quoted(&term.term.slug))?;
    writeln!(f, "name = {}", names_table(&term.names))?;
    if let Some(parent) = &term.parent {
        writeln!(f, "parent = {}", quoted(parent))?;
    }
    if let Some(kind) = term.kind {
        writeln!(f, "kind = {}", quoted(kind.word()))?;
    }
    if !term.sectors.is_empty() {
        let sectors = term.sectors.iter().map(|slug| quoted(slug));
        writeln!(f, "sectors = [{}]", sectors.collect::<Vec<_>>().join(", "))?;
    }
    Ok(())
}

/// A text as TOML quotes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::read_forum_file;

    const FILE: &str = r##"
name = "Forum \"Nord\" \\ sør"
slug = "nord"
time_zone = "Europe/Oslo"
language = "nn"
holidays = "NO"
pause = ["2027-07-05/2027-08-06", "2027-12-23/2027-12-23"]
cap = 9
learning = false
[cadence]
weekly = "0 30 7 * * Mon"
daily = "0 30 7 * * Mon-Fri"
[sender]
address = "post@nord.example"
reply_name = "Kari \"K\" Nes"
reply_address = "kari@nord.example"
postal_address = "Storgata 1"
[privacy]
controller = "Nord"
contact = "personvern@nord.example"
officer = "ombud@nord.example"
[letter]
colour = "#7A0019"
about = { nb = "Et forum.", en = "A forum." }
[basis]
place = "legal_obligation"
list = "legitimate_interest"
list_reason = { nb = "Forumet er en forening." }
staff_reason = { en = "They work here." }
[texts]
sign_up = { nb = "Bli med, \"du\" også.", nn = "Ver med." }
consent = { nb = "Vi lagrer adressen din." }
welcome = { en = "Good to have you here." }
privacy = { nb = "Vi er et samarbeid." }
[[role]]
slug = "specialist"
name = { nb = "Fagperson", en = "Specialist in 'quotes'" }
[[group]]
slug = "health"
kind = "competence"
name = { nb = "Helse" }
sectors = ["nursing", "health"]
[[group]]
slug = "night"
kind = "adhoc"
parent = "health"
name = { nb = "Natt" }
[[sector]]
slug = "health"
name = { nb = "Helse" }
[[sector]]
slug = "nursing"
parent = "health"
name = { nb = "Pleie" }
"##;

    #[test]
    fn a_written_file_says_what_the_read_one_said() {
        let read = read_forum_file("forum.toml", FILE).expect("the file is right");
        let again = read_forum_file("written.toml", &read.to_string()).expect("so is the written one");
        assert_eq!(again, read);
    }
}
