//! Whatever people are called and whatever they write, the letter is a sound mail that says it.

use std::collections::BTreeMap;

use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;
use treff::content::{Contact, Fields, Minutes, Visibility};
use treff::forum::Basis;
use treff::forum::{EmailAddress, Kind, Language};
use treff::letter::{Introduction, Letters, Masthead, Press};
use treff::matching::{Because, Match};

use super::scene::*;

/// Text that tries to be something else: control characters, headers, markup, slots, other alphabets, length.
fn hostile() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "\r\nBcc: x@example.test",
        "\u{1}U",
        "\u{2}",
        "\u{1}",
        "\0",
        "=?utf-8?B?eA==?=",
        "\"<>\\",
        "</a></table>",
        "<script>alert(1)</script>",
        "--=_treff_alternative",
        "--=_treff_alternative--",
        ".",
        "\n.\n",
        "\nFrom x",
        "æøå",
        "漢字",
        "👩‍👩‍👧",
        "{{ x }}",
        "{% y %}",
        "=\r\n",
        "=3D",
        "&amp;",
        "[a](javascript:b)",
        "![b](https://x.example/p.png)",
        "\u{202e}",
        "\u{feff}",
        "**",
        "> ",
        "| a | b |\n|---|---|",
        "# ",
        "@",
        ",",
        ";",
        "%",
        "'",
    ])
    .prop_map(str::to_owned);
    let long = (1usize..1200).prop_map(|n| "x".repeat(n));
    let any = any::<String>();
    let words = "[a-zæøå ]{0,200}";
    prop::collection::vec(prop_oneof![nasty, long, any, words], 0..6).prop_map(|parts| parts.concat())
}

/// What is left of a text once it stands on one line without control characters.
fn on_one_line(text: &str) -> String {
    let straight = text.replace(treff::forum::turns_direction, "");
    straight
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text without any white space: wrapping may have parted it anywhere there was some.
fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

fn assert_sound(bytes: &[u8]) {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| *b == b'\r' || *b == b'\n') {
        at += found;
        assert_eq!(&bytes[at..at + 2], b"\r\n", "a bare line end at byte {at}");
        at += 2;
    }
    assert!(bytes.ends_with(b"\r\n"));
    assert!(bytes.is_ascii());
    assert!(!bytes.iter().any(|b| *b < 32 && !matches!(b, b'\r' | b'\n' | b'\t')), "a control character");
    let lines: Vec<_> = bytes.split(|b| *b == b'\n').collect();
    assert!(lines.iter().all(|line| line.len() <= 998));
    assert!(!lines.iter().any(|line| line.starts_with(b".") || line.starts_with(b"From ")));
    let head_end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    assert!(lines_of(&bytes[head_end..]).all(|line| line.len() <= 76), "a body line over 76");
}

fn lines_of(bytes: &[u8]) -> impl Iterator<Item = &str> {
    std::str::from_utf8(bytes).unwrap().split("\r\n")
}

const HEADERS: [&str; 17] = [
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Language",
    "List-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Help",
    "Feedback-ID",
    "Auto-Submitted",
    "Precedence",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_and_any_text_make_a_sound_letter_that_says_them(
        name in hostile(), titles in prop::collection::vec(hostile(), 1..5), body in hostile(), place in hostile(),
        promised in hostile(), forum_name in hostile(), reply_name in hostile(), kinds in prop::collection::vec(0usize..8, 5),
        language in prop::sample::select(Language::ALL.to_vec()), discreet in any::<bool>(), correction in any::<bool>(), handed_over in any::<bool>(),
    ) {
        thread_local! { static LETTERS: Letters = Letters::load(None).unwrap(); }
        let forum = forum();
        let sender = Masthead {
            forum_name: if on_one_line(&forum_name).is_empty() { "Forum".into() } else { on_one_line(&forum_name) },
            reply_name: Some(on_one_line(&reply_name)).filter(|n| !n.is_empty()),
            ..masthead()
        };
        let items: Vec<_> = titles.iter().enumerate().map(|(i, title)| {
            let kind = Kind::ALL[kinds[i]];
            let fields = match kind {
                Kind::Minutes => Fields::Minutes { group: Some(term(&forum, "group:health")), met_on: None, promises: Vec::new() },
                Kind::Event => Fields::Event { starts_at: Some(at("2027-04-08T09:00:00+02:00")), ends_at: None,
                    registration_url: Some(format!("https://a.example/{body}")), gathering: false, changed: Default::default() },
                Kind::Request => Fields::Request { wanted_by: Some(at("2027-03-09T09:00:00+02:00")) },
                Kind::Call => Fields::Call { deadline: None },
                _ => Fields::Plain,
            };
            let mut said = text(title, &body);
            said.place = Some(place.clone());
            said.minutes = Minutes { achieved: Some(body.clone()), how: Some(title.clone()), next: None, why: None };
            let mut made = item(i as i64 + 1, kind, fields, &[(Language::Nb, said)]);
            made.contact = Some(Contact { name: name.clone(), email: Some("kari@example.test".into()), phone: Some(place.clone()) });
            made.visibility = if i % 2 == 0 { Visibility::Public } else { Visibility::Forum };
            made
        }).collect();
        let reasons = [reason(&forum, "group:health", Match::Audience), reason(&forum, "sector:health", Match::Equal)];
        let mut view = view(items.iter().map(|item| {
            let mut chosen = chosen(item, &reasons);
            chosen.correction = correction;
            chosen
        }).collect());
        view.carried_over = items.iter().take(2).collect();
        if handed_over {
            let groups = [term(&forum, "group:night"), term(&forum, "group:health")];
            view.handovers = groups.map(|group| treff::letter::Handover { group, promised: Some(&promised) }).to_vec();
            for (item, group) in view.items.iter_mut().skip(1).zip(groups.into_iter().rev()) {
                item.handover = Some(group);
            }
        }
        let email: EmailAddress = "mottaker@example.test".parse().unwrap();
        let mut to = addressee(&email, &name, language);
        to.discreet = discreet;
        to.introduction = Some(Introduction { source: Some(&place), is_seated: discreet, basis: Basis::PublicTask, recorded_on: day("2027-03-01") });

        let (bytes, again) = LETTERS.with(|letters| {
            let write = || {
                let mut press = Press::new(letters, &forum, &sender, edition());
                let letter = press.write(&to, &view).unwrap();
                let kept = serde_json::from_str(&serde_json::to_string(&letter).unwrap()).unwrap();
                assert_eq!(letter, kept);
                assemble(&letter, &parse_pieces(&mut press))
            };
            (write(), write())
        });
        prop_assert_eq!(&bytes, &again);
        assert_sound(&bytes);

        let message = MessageParser::default().parse(&bytes).unwrap();
        let names: Vec<_> = message.headers().iter().map(|h| h.name().to_owned()).collect();
        prop_assert_eq!(names, HEADERS.to_vec());
        prop_assert_eq!(message.parts.len(), 3);
        prop_assert_eq!((message.text_body.len(), message.html_body.len()), (1, 1));
        let kinds: Vec<_> = message.parts[1..].iter().map(|p| p.content_type().unwrap().subtype().unwrap().to_owned()).collect();
        prop_assert_eq!(kinds, vec!["plain", "html"]);
        let to = message.to().unwrap().first().unwrap();
        prop_assert_eq!(to.address(), Some("mottaker@example.test"));
        let shown_name: String = on_one_line(&name).chars().take(120).collect();
        prop_assert_eq!(to.name().unwrap_or(""), shown_name.trim());
        prop_assert_eq!(message.from().unwrap().first().unwrap().address(), Some("brev@forum.example"));
        prop_assert_eq!(message.message_id(), Some(MESSAGE_ID));

        if titles.len() == 1 && !handed_over && !correction && !matches!(items[0].kind, Kind::Request | Kind::Event) {
            let subject = message.subject().unwrap_or("");
            let title = on_one_line(&titles[0]);
            prop_assert_eq!(title.is_empty(), subject.is_empty());
            prop_assert!(title.starts_with(subject.trim_end_matches('…')), "subject {subject:?} of {title:?}");
        }

        let (plain, html) = (message.body_text(0).unwrap(), unescaped(&message.body_html(0).unwrap()));
        let (plain, html) = (without_space(&plain), without_space(&html));
        for title in titles.iter().chain([&name]) {
            let wanted = without_space(&on_one_line(title));
            prop_assert!(plain.contains(&wanted), "text lacks {wanted:?}");
            prop_assert!(html.contains(&wanted), "html lacks {wanted:?}");
        }
        prop_assert_eq!(message.body_html(0).unwrap().matches("<script").count(), 0);
        prop_assert_eq!(message.body_html(0).unwrap().matches("<img").count(), 0);
    }
}

#[test]
fn list_headers_are_plain_ascii_and_hold_the_recipients_own_token() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let items = items(&forum);
    let reasons = [reason(&forum, "all", Match::Audience)];
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let view = view(vec![chosen(&items[0], &reasons)]);
    let bytes = letter_bytes(&letters, &forum, &addressee(&email, "Ådne", Language::Nb), &view);
    let text = String::from_utf8(bytes).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let fields: BTreeMap<_, _> = head.split("\r\n").filter_map(|line| line.split_once(": ")).collect();
    let token = TOKENS.unsubscribe_token;
    assert_eq!(fields["List-Id"], "<nordfjella.forum.example>");
    assert_eq!(
        fields["List-Unsubscribe"],
        format!(
            "<https://forum.example/u/{token}>, <mailto:kari.nes@fylket.example?subject=unsubscribe%20{token}>"
        )
    );
    assert_eq!(fields["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert_eq!(fields["List-Help"], "<mailto:kari.nes@fylket.example?subject=help>");
    assert_eq!(fields["Auto-Submitted"], "auto-generated");
    assert_eq!(fields["Precedence"], "bulk");
    assert_eq!(
        fields["X-Auto-Response-Suppress"], "DR, RN, NRN",
        "never NDR, OOF or AutoReply: Treff reads those"
    );
    assert_eq!(fields["Reply-To"], "Kari Nes <kari.nes@fylket.example>");
    assert_eq!(fields["Content-Language"], "nb");
    assert_eq!(fields["Date"], "Mon, 8 Mar 2027 07:30:00 +0100");
}

#[test]
fn no_piece_holds_what_is_the_recipients_own() {
    let (forum, letters, masthead) = (forum(), Letters::load(None).unwrap(), masthead());
    let items = items(&forum);
    let reasons = [reason(&forum, "all", Match::Audience)];
    let email: EmailAddress = "hemmelig@person.example".parse().unwrap();
    let mut press = Press::new(&letters, &forum, &masthead, edition());
    let view = view(vec![chosen(&items[0], &reasons), chosen(&items[3], &reasons)]);
    press.write(&addressee(&email, "Sjelden Vare", Language::Nb), &view).unwrap();
    for (_, bytes) in press.take_pieces() {
        let piece = String::from_utf8(bytes).unwrap();
        let own = ["hemmelig", "Sjelden", MESSAGE_ID, TOKENS.letter_token, TOKENS.unsubscribe_token];
        assert!(!own.iter().any(|secret| piece.contains(secret)), "{piece}");
    }
}

#[test]
fn pieces_are_made_once_for_all_letters_that_share_them() {
    let (forum, letters, masthead) = (forum(), Letters::load(None).unwrap(), masthead());
    let items = items(&forum);
    let reasons = [reason(&forum, "sector:health", Match::Equal)];
    let mut press = Press::new(&letters, &forum, &masthead, edition());
    let view = view(vec![chosen(&items[1], &reasons), chosen(&items[2], &reasons)]);
    let (a, b): (EmailAddress, EmailAddress) =
        ("a@example.test".parse().unwrap(), "b@example.test".parse().unwrap());
    let first = press.write(&addressee(&a, "A", Language::Nb), &view).unwrap();
    assert_eq!(press.take_pieces().len(), 3);
    let second = press.write(&addressee(&b, "B", Language::Nb), &view).unwrap();
    assert_eq!(press.take_pieces(), vec![]);
    assert_eq!(first.pieces, second.pieces);
    press.write(&addressee(&b, "B", Language::Nn), &view).unwrap();
    assert_eq!(press.take_pieces().len(), 3);
}

#[test]
fn a_letter_whose_piece_is_gone_cannot_be_assembled() {
    let (forum, letters, masthead) = (forum(), Letters::load(None).unwrap(), masthead());
    let items = items(&forum);
    let mut press = Press::new(&letters, &forum, &masthead, edition());
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut only = chosen(&items[1], &[]);
    only.because = Because::Audience;
    let letter = press.write(&addressee(&email, "A", Language::Nb), &view(vec![only])).unwrap();
    let missing = letter.pieces[1].clone();
    let mut pieces = parse_pieces(&mut press);
    pieces.remove(&missing);
    let answer = letter.find_pieces(|hash| pieces.get(hash));
    assert_eq!(answer, Err(treff::letter::AssembleError::Missing(missing)));
}
