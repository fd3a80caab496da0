//! An invented forum with items of every kind, and letters to its people.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use mail_parser::MessageParser;
use treff::content::{Contact, Fields, Importance, Item, ItemText, Lane, Minutes, Moment, Visibility};
use treff::forum::{
    Cadence, EmailAddress, Facet, Forum, ForumSettings, Kind, Language, Names, Position, Seat, Term, TermIx,
    Terms,
};
use treff::ids::{ItemId, SeatId};
use treff::letter::{
    Addressee, DigestItem, DigestView, EditionFacts, Letter, Letters, Masthead, Piece, Press, SlotValues,
};
use treff::matching::{Because, Match, Reason, ReasonTerm};

pub const OSLO: chrono_tz::Tz = chrono_tz::Europe::Oslo;
pub const MESSAGE_ID: &str = "20270308.1.0@forum.example";
pub const TOKENS: SlotValues<'static> = SlotValues {
    unsubscribe_token: "AXUAAAAAAAAAAAABunsubscribeunsubscribeunsub",
    letter_token: "AWwAAAAAAAAAAAABletterletterletterletterlet",
};

pub fn forum() -> Forum {
    let mut terms = Terms::default();
    let names = |nb: &str, nn: &str, en: &str| {
        Names(BTreeMap::from([
            (Language::Nb, nb.to_owned()),
            (Language::Nn, nn.to_owned()),
            (Language::En, en.to_owned()),
        ]))
    };
    for (facet, slug, nb, nn, en) in [
        (Facet::Sector, "health", "Helse", "Helse", "Health"),
        (Facet::Sector, "industry", "Industri", "Industri", "Industry"),
        (Facet::Sector, "ict", "IKT", "IKT", "ICT"),
        (Facet::Group, "steering", "Styringsgruppa", "Styringsgruppa", "Steering group"),
        (
            Facet::Group,
            "health",
            "Kompetansegruppe helse",
            "Kompetansegruppe helse",
            "Health competence group",
        ),
        (Facet::Group, "night", "Nattvaktprosjektet", "Nattvaktprosjektet", "The night shift project"),
        (Facet::Role, "shop-steward", "Tillitsvalgt", "Tillitsvald", "Shop steward"),
        (Facet::Represents, "forbundet", "Forbundet", "Forbundet", "The union"),
        (Facet::KindOfOrg, "union", "Fagforening", "Fagforeining", "Union"),
        (Facet::Org, "nav", "NAV", "NAV", "NAV"),
        (Facet::Org, "fylket", "Nordfjella fylkeskommune", "Nordfjella fylkeskommune", "Nordfjella County"),
        (
            Facet::Org,
            "arbeidsgiverne",
            "Arbeidsgiverne i Nordfjella",
            "Arbeidsgjevarane i Nordfjella",
            "Nordfjella Employers",
        ),
    ] {
        terms.add(Term::new(facet, slug), names(nb, nn, en));
    }
    let settings = ForumSettings {
        name: "Kompetanseforum Nordfjella".into(),
        slug: "nordfjella".into(),
        zone: OSLO,
        language: Language::Nb,
        holidays: None,
        pause: vec![],
        cadences: BTreeMap::new(),
        cap: 7,
        learning: true,
        house: Default::default(),
    };
    Forum { settings, terms, group_sectors: HashMap::new() }
}

pub fn masthead() -> Masthead {
    Masthead {
        forum_name: "Kompetanseforum Nordfjella".into(),
        slug: "nordfjella".into(),
        base_url: "https://forum.example".into(),
        sender: "brev@forum.example".parse().unwrap(),
        reply_name: Some("Kari Nes".into()),
        reply_address: "kari.nes@fylket.example".parse().unwrap(),
        unsubscribe_address: "kari.nes@fylket.example".parse().unwrap(),
        postal_address: Some("Fylkeshuset, 0000 Nordfjella".into()),
        controller: Some("Nordfjella fylkeskommune".into()),
        privacy_contact: Some("personvern@fylket.example".into()),
        about: Names::default(),
        welcome: Default::default(),
        colour: None,
        logo: None,
        zone: OSLO,
    }
}

pub fn edition() -> EditionFacts {
    let at: DateTime<Utc> = "2027-03-08T07:30:00+01:00".parse().unwrap();
    EditionFacts { cadence: Cadence::Weekly, occurs_at: at, dated_at: at }
}

pub fn term(forum: &Forum, text: &str) -> TermIx {
    forum.terms.find(&text.parse().unwrap()).unwrap_or_else(|| panic!("no term {text}"))
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn at(text: &str) -> Moment {
    Moment::exact(text.parse().unwrap())
}

pub fn text(title: &str, body: &str) -> ItemText {
    ItemText { title: title.into(), body: body.into(), minutes: Minutes::default(), place: None }
}

pub fn item(id: i64, kind: Kind, fields: Fields, texts: &[(Language, ItemText)]) -> Item {
    Item {
        id: ItemId(id),
        slug: format!("sak-{id}"),
        public_id: format!("{id:032x}"),
        version: 1,
        kind,
        audience: None,
        about: vec![],
        interested: true,
        visibility: Visibility::Public,
        importance: Importance::Normal,
        lane: Lane::Digest,
        release_at: edition().dated_at,
        expires_at: None,
        number: Some(id),
        numbered_at: Some(edition().dated_at),
        written_at: edition().dated_at,
        changed_at: edition().dated_at,
        held: false,
        withdrawn: false,
        fields,
        source: None,
        contact: None,
        texts: texts.iter().cloned().collect(),
        language: texts[0].0,
        files: 0,
    }
}

pub fn kari() -> Option<Contact> {
    Some(Contact {
        name: "Kari Nes".into(),
        email: Some("kari.nes@fylket.example".into()),
        phone: Some("900 00 000".into()),
    })
}

/// The items of NEEDS' ideal letter: a request, minutes, research in two languages, an event, a call, a tip.
pub fn items(forum: &Forum) -> Vec<Item> {
    let tip =
        item(6, Kind::Tip, Fields::Plain, &[(Language::Nb, text("Tilskudd til kompetansepiloter", "Kort."))]);
    let experience =
        item(7, Kind::Experience, Fields::Plain, &[(Language::Nb, text("Erfaringer fra Dalen", "Kort."))]);
    vec![request(forum), minutes(forum), research(forum), event(), call(forum), tip, experience]
}

fn request(forum: &Forum) -> Item {
    let body =
        "Fylkeskommunen dimensjonerer nå. Tre tall er nok, og tallene brukes i møtet 24. mars.\n\nMer.";
    let title = "Hvor mange læreplasser i helse trenger kommunen i 2028?";
    let wanted_by = Some(Moment::end_of(day("2027-03-12"), OSLO));
    let mut request =
        item(1, Kind::Request, Fields::Request { wanted_by }, &[(Language::Nb, text(title, body))]);
    request.contact = kari();
    request.visibility = Visibility::Forum;
    request.source = Some(term(forum, "org:fylket"));
    request
}

fn minutes(forum: &Forum) -> Item {
    let mut said = text("Nattvaktprosjektet: åtte har tatt fagbrev", "Hele referatet.");
    said.minutes = Minutes {
        achieved: Some("Åtte assistenter på natt har tatt fagbrev.".into()),
        how: Some("Gruppa la teorien til rolige vakter.".into()),
        next: Some("En avtale med to kommuner til, innen sommeren.".into()),
        why: Some("Natt er der vi mangler flest.".into()),
    };
    let group = Some(term(forum, "group:health"));
    let fields = Fields::Minutes { group, met_on: Some(day("2027-03-04")), promises: Vec::new() };
    let mut minutes = item(2, Kind::Minutes, fields, &[(Language::Nb, said)]);
    minutes.files = 2;
    minutes.visibility = Visibility::Forum;
    minutes
}

fn research(forum: &Forum) -> Item {
    let nb = "Mangelen er størst i [prosessindustrien](https://a.example/x), og den **øker**.";
    let en = "The shortage is worst in the process industry, and it is growing.";
    let texts = [
        (Language::Nb, text("Sju av ti bedrifter mangler elektrofolk", nb)),
        (Language::En, text("Seven in ten companies lack electricians", en)),
    ];
    let mut research = item(3, Kind::Research, Fields::Plain, &texts);
    research.source = Some(term(forum, "org:arbeidsgiverne"));
    research.files = 1;
    research
}

fn event() -> Item {
    let body = "Tema: karriereveiledning med næringslivet i klasserommet.";
    let mut said = text("Samling for hele forumet", body);
    said.place = Some("Fylkeshuset".into());
    let fields = Fields::Event {
        starts_at: Some(at("2027-04-08T09:00:00+02:00")),
        ends_at: Some(at("2027-04-08T15:00:00+02:00")),
        registration_url: Some("https://fylket.example/samling?x=1&y=ø".into()),
        gathering: true,
        changed: Default::default(),
    };
    item(4, Kind::Event, fields, &[(Language::Nb, said)])
}

fn call(forum: &Forum) -> Item {
    let body = "Tre bedrifter kan få ein forskar frå høgskulen éin dag i veka i eit heilt år.";
    let fields = Fields::Call { deadline: Some(at("2027-04-15T12:00:00+02:00")) };
    let texts = [(Language::Nn, text("Søk om å få ein forskar i bedrifta", body))];
    let mut call = item(5, Kind::Call, fields, &texts);
    call.source = Some(term(forum, "org:nav"));
    call
}

pub fn reason(forum: &Forum, written: &str, how: Match) -> Reason {
    let term = if written == "all" { ReasonTerm::All } else { ReasonTerm::Term(term(forum, written)) };
    Reason { term, how }
}

pub fn chosen<'a>(item: &'a Item, reasons: &'a [Reason]) -> DigestItem<'a> {
    let because =
        if reasons.iter().any(|r| r.how == Match::Audience) { Because::Audience } else { Because::Interest };
    DigestItem { item, reasons, because, correction: false, handover: None }
}

pub fn view(items: Vec<DigestItem<'_>>) -> DigestView<'_> {
    DigestView { message_id: MESSAGE_ID, items, carried_over: vec![], closing: vec![], handovers: vec![] }
}

pub fn addressee<'a>(email: &'a EmailAddress, name: &'a str, language: Language) -> Addressee<'a> {
    Addressee { key_id: 1, ..Addressee::new(email, name, language) }
}

/// A place in a group, running for ever.
pub fn seat(forum: &Forum, group: &str, position: Position) -> Seat {
    Seat {
        id: SeatId(1),
        group: term(forum, group),
        position,
        represents: term(forum, "represents:forbundet"),
        starts_at: None,
        ends_at: None,
        topics: vec![],
    }
}

/// The text body of a letter with each of its paragraphs on one line, and the HTML body.
pub fn bodies(bytes: &[u8]) -> (String, String) {
    let message = MessageParser::default().parse(bytes).unwrap();
    let text = message.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    (text, message.body_html(0).unwrap().into_owned())
}

/// The bytes of one letter from a press of its own.
pub fn letter_bytes(letters: &Letters, forum: &Forum, to: &Addressee<'_>, view: &DigestView<'_>) -> Vec<u8> {
    let masthead = masthead();
    let mut press = Press::new(letters, forum, &masthead, edition());
    let letter = press.write(to, view).unwrap();
    assemble(&letter, &parse_pieces(&mut press))
}

pub fn parse_pieces(press: &mut Press<'_>) -> HashMap<String, Piece> {
    press.take_pieces().into_iter().map(|(hash, bytes)| (hash, Piece::parse(&bytes).unwrap())).collect()
}

pub fn assemble(letter: &Letter, pieces: &HashMap<String, Piece>) -> Vec<u8> {
    let pieces = letter.find_pieces(|hash| pieces.get(hash)).unwrap();
    letter.assemble(&pieces, &TOKENS, Vec::new()).unwrap().to_vec()
}
