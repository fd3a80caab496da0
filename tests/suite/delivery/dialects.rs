//! What every mail program writes: invented mails in each dialect's shape, with the reports that they make.
//!
//! `tests/suite/bounce/*.txt` hold them: `=== name | kind recipient status | ...` begins each.

use treff::feedback::bounce::{glance_at, names, read_mail};

const PLAIN: &str = include_str!("../bounce/plain.txt");
const STATUS: &str = include_str!("../bounce/status.txt");
const ANSWERS: &str = include_str!("../bounce/answers.txt");
const ORDINARY: &str = include_str!("../bounce/ordinary.txt");

/// A mail with its name and the reports expected of it.
struct Case {
    name: &'static str,
    expected: Vec<&'static str>,
    mail: &'static str,
}

fn cases(file: &'static str) -> Vec<Case> {
    let cases = file.split("=== ").skip(1).map(|case| {
        let (head, mail) = case.split_once('\n').expect("a mail below its name");
        let mut words = head.split(" | ");
        let name = words.next().expect("a name");
        Case { name, expected: words.collect(), mail }
    });
    cases.collect()
}

/// The reports of a mail as the files write them.
fn told(raw: &[u8]) -> Vec<String> {
    let reports = read_mail(raw).reports.into_iter().map(|report| {
        let words = [Some(report.kind.word().to_owned()), report.recipient, report.status];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    reports.collect()
}

fn all_cases() -> Vec<Case> {
    [PLAIN, STATUS, ANSWERS, ORDINARY].into_iter().flat_map(cases).collect()
}

/// Mails that have been read wrongly, all of them at once.
fn wrong(cases: Vec<Case>, mail_of: impl Fn(&str) -> Vec<u8>) -> Vec<String> {
    let wrong = cases.into_iter().filter_map(|case| {
        let got = told(&mail_of(case.mail));
        (got != case.expected).then(|| format!("{}: {:?} instead of {:?}", case.name, got, case.expected))
    });
    wrong.collect()
}

/// A delivery status notification with these fields. Lines with `@` are about a recipient.
fn notification(fields: &str) -> String {
    let about_the_message =
        if fields.starts_with('@') { "Reporting-MTA: dns; mx.example.test\n\n" } else { "" };
    let fields: Vec<&str> = fields.lines().map(|line| line.strip_prefix('@').unwrap_or(line)).collect();
    format!(
        "From: MAILER-DAEMON@mx.example.test\nTo: forum@forum.example.test\nSubject: Returned\nMIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

See the report.
--b
Content-Type: message/delivery-status

{about_the_message}{}

--b
Content-Type: text/rfc822-headers

From: forum@forum.example.test
To: letter@example.test
Subject: Nytt
Message-ID: <1@forum.example.test>

--b--
",
        fields.join("\n")
    )
}

fn as_it_is(mail: &str) -> Vec<u8> {
    mail.as_bytes().to_vec()
}

#[test]
fn bounces_in_words_are_read_in_every_dialect() {
    assert_eq!(wrong(cases(PLAIN), as_it_is), [""; 0]);
}

#[test]
fn line_ends_of_every_kind_change_nothing() {
    for end in ["\r\n", "\r"] {
        assert_eq!(wrong(cases(PLAIN), |mail| mail.replace('\n', end).into_bytes()), [""; 0], "{end:?}");
    }
    let in_a_mailbox =
        |mail: &str| format!("From x@example.test Mon Mar  8 07:30:00 2027\n{mail}").into_bytes();
    assert_eq!(wrong(cases(PLAIN), in_a_mailbox), [""; 0]);
}

#[test]
fn delivery_status_is_read_with_all_its_deviations() {
    assert_eq!(wrong(cases(STATUS), |fields| notification(fields).into_bytes()), [""; 0]);
}

#[test]
fn delivery_status_is_found_wherever_a_program_puts_it() {
    let usual = notification("@Final-Recipient: rfc822; kari@example.test\n@Action: failed\n@Status: 5.1.1");
    let in_base64 = {
        let (before, rest) = usual.split_once("message/delivery-status\n\n").expect("the part");
        let (status, after) = rest.split_once("\n\n--b\n").expect("its end");
        let encoded = base64_of(status.as_bytes());
        format!(
            "{before}message/delivery-status\nContent-Transfer-Encoding: base64\n\n{encoded}\n--b\n{after}"
        )
    };
    for (what, mail) in [
        ("as a text", usual.replace("message/delivery-status", "text/plain")),
        ("as a file", usual.replace("message/delivery-status", "application/octet-stream; name=details.txt")),
        ("internationalised", usual.replace("message/delivery-status", "message/global-delivery-status")),
        (
            "in a mixed mail",
            usual.replace("multipart/report; report-type=delivery-status", "multipart/mixed"),
        ),
        (
            "with another report's name",
            usual.replace("report-type=delivery-status", "report-type=disposition"),
        ),
        ("without the empty line before it", usual.replace("Reporting-MTA: dns; mx.example.test\n\n", "")),
        (
            "right behind its header",
            usual.replace("delivery-status\n\nReporting", "delivery-status\nReporting"),
        ),
        ("in base64", in_base64),
        (
            "among the words",
            usual.replace("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", ""),
        ),
    ] {
        assert_eq!(told(mail.as_bytes()), ["hard kari@example.test 5.1.1"], "{what}");
    }
}

#[test]
fn a_bounce_enclosed_whole_is_read_if_a_program_passes_it_on() {
    let inner = notification("@Final-Recipient: rfc822; kari@example.test\n@Action: failed\n@Status: 5.1.1");
    let outer = |from: &str, subject: &str, words: &str| {
        format!(
            "From: {from}\nTo: forum@forum.example.test\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: \
             multipart/mixed; boundary=outer\n\n--outer\n\n{words}\n--outer\nContent-Type: message/rfc822\n\n{inner}\n\
             --outer--\n"
        )
    };
    let by_program = outer("postmaster@example.test", "Delivery failure", "Passed on.");
    assert_eq!(told(by_program.as_bytes()), ["hard kari@example.test 5.1.1"]);
    let in_other_words =
        outer("MAILER-DAEMON@example.test", "Returned mail: User unknown", "The addresses had errors.");
    assert_eq!(
        told(in_other_words.as_bytes()),
        ["hard kari@example.test 5.1.1"],
        "rather than whom the report went to"
    );
    let by_person =
        outer("ola@example.test", "Fwd: Delivery failure", "Se her. Hva skal vi gjøre med dette?");
    assert_eq!(told(by_person.as_bytes()), ["unknown"]);
    let in_few_words = outer("ola@example.test", "Se vedlegg", "Hva er dette?");
    assert_eq!(told(in_few_words.as_bytes()), ["unknown"]);
}

#[test]
fn a_complaint_is_reported_for_each_recipient_that_it_names() {
    let mail = "From: trap@example.test\nTo: forum@forum.example.test\nSubject: Spam\nMIME-Version: 1.0\nContent-Type: \
                multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: \
                message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: kari@example.test\nOriginal-Rcpt-To: \
                per@example.test\nRemoval-Recipient: kari@example.test\n\n--b--\n";
    assert_eq!(told(mail.as_bytes()), ["complaint kari@example.test", "complaint per@example.test"]);
}

#[test]
fn charsets_of_every_kind_are_read() {
    let mail = |charset: &str, words: &[u8]| {
        let head = format!(
            "From: Mailer-Daemon@mx.example.test\nTo: forum@forum.example.test\nSubject: x\nMIME-Version: 1.0\n\
             Content-Type: text/plain{charset}\nContent-Transfer-Encoding: 8bit\n\nkari@example.test\n"
        );
        [head.as_bytes(), words, b"\n"].concat()
    };
    for (charset, words) in [
        ("; charset=utf-8", "пользователь не найден".as_bytes().to_vec()),
        ("; charset=koi8-r", encoded(encoding_rs::KOI8_R, "пользователь не найден")),
        ("; charset=windows-1251", encoded(encoding_rs::WINDOWS_1251, "пользователь не найден")),
        ("; charset=iso-8859-1", encoded(encoding_rs::WINDOWS_1252, "L'adresse n'a pas été trouvé")),
        ("", encoded(encoding_rs::WINDOWS_1252, "Empfänger unbekannt")),
        ("; charset=us-ascii", encoded(encoding_rs::WINDOWS_1252, "Empfänger unbekannt")),
        ("; charset=gb18030", encoded(encoding_rs::GB18030, "用户不存在")),
        ("; charset=big5", encoded(encoding_rs::BIG5, "不存在")),
        ("; charset=shift_jis", encoded(encoding_rs::SHIFT_JIS, "存在しません")),
        ("; charset=iso-2022-jp", encoded(encoding_rs::ISO_2022_JP, "存在しません")),
        ("; charset=euc-kr", encoded(encoding_rs::EUC_KR, "존재하지 않")),
    ] {
        assert_eq!(told(&mail(charset, &words)), ["hard kari@example.test"], "{charset}");
    }
}

#[test]
fn html_alone_is_read_as_words() {
    let mail = "From: Mailer-Daemon@mx.example.test\nTo: forum@forum.example.test\nSubject: x\nMIME-Version: 1.0\n\
                Content-Type: text/html\n\n<html><body><p>Your message to <b>kari@example.test</b> could not be \
                delivered:</p><p>user&nbsp;unknown</p></body></html>\n";
    assert_eq!(told(mail.as_bytes()), ["hard kari@example.test"]);
}

#[test]
fn automatic_answers_are_told_in_many_languages() {
    assert_eq!(wrong(cases(ANSWERS), as_it_is), [""; 0]);
}

#[test]
fn no_ordinary_mail_is_a_failure() {
    let ordinary = cases(ORDINARY);
    assert!(ordinary.len() >= 40);
    for case in ordinary {
        let kinds: Vec<String> = told(case.mail.as_bytes());
        let is_harmless = |told: &String| told == "unknown" || told.starts_with("auto_reply");
        assert!(kinds.iter().all(is_harmless), "{}: {kinds:?}", case.name);
    }
}

#[test]
fn complaints_are_told_from_what_is_none() {
    let complaint = |fields: &str| {
        format!(
            "From: fbl@provider.example.test\nTo: abuse@forum.example.test\nSubject: x\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: \
             message/feedback-report\n\n{fields}\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: \
             forum@forum.example.test\nTo: kari@example.test\nSubject: Nytt\n\n--b--\n"
        )
    };
    for (fields, told_as) in [
        ("Feedback-Type: abuse\nOriginal-Rcpt-To: kari@example.test", "complaint kari@example.test"),
        ("Feedback-Type: opt-out\nRemoval-Recipient: kari@example.test", "complaint kari@example.test"),
        ("Feedback-Type: abuse\nOriginal-Rcpt-To: redacted@redacted.example", "complaint kari@example.test"),
        ("Feedback-Type: auth-failure\nAuth-Failure: dkim", "unknown kari@example.test"),
        ("Feedback-Type: not-spam", "unknown kari@example.test"),
    ] {
        assert_eq!(told(complaint(fields).as_bytes()), [told_as], "{fields}");
    }
    let copy = "From: staff@provider.example.test\nSubject: complaint about message from 192.0.2.1\nMIME-Version: 1.0\n\
                Content-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: kari@example.test\nFrom: \
                forum@forum.example.test\nTo: kari@example.test\nSubject: Nytt\n\nHei\n";
    assert_eq!(told(copy.as_bytes()), ["complaint kari@example.test"]);
    let without_its_header = copy.replace("X-HmXmrOriginalRecipient: kari@example.test\n", "");
    assert_eq!(told(without_its_header.as_bytes()), ["complaint kari@example.test"]);
    let by_person = without_its_header.replace("from 192.0.2.1", "from the forum");
    assert_eq!(told(by_person.as_bytes()), ["unknown"]);
}

#[test]
fn read_receipts_are_delivered_and_automatic_refusals_are_not() {
    let receipt = |disposition: &str| {
        format!(
            "From: Mail System <mailer-daemon@example.test>\nSubject: Automatically rejected mail\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nYour message to \
             <kari@example.test> was automatically rejected:\nQuota exceeded\n--b\nContent-Type: \
             message/disposition-notification\n\nFinal-Recipient: rfc822; kari@example.test\nDisposition: \
             {disposition}\n\n--b--\n"
        )
    };
    let displayed = receipt("manual-action/MDN-sent-manually; displayed");
    assert_eq!(told(displayed.as_bytes()), ["delivered kari@example.test"]);
    let refused = receipt("automatic-action/MDN-sent-automatically; deleted");
    assert_eq!(told(refused.as_bytes()), ["soft kari@example.test"]);
}

#[test]
fn what_a_mail_says_is_the_same_on_every_way() {
    let mail = "Message-ID: <1@mx.example.test>\nFrom: a@b.example.test\nSubject: x\n\nHei\n";
    let other_way = format!("Received: from elsewhere\nDelivered-To: me\n{}", mail.replace('\n', "\r\n"));
    let content = |mail: &str| read_mail(mail.as_bytes()).content;
    assert_eq!(content(mail), content(&other_way));
    assert_ne!(content(mail), content(&mail.replace("Hei", "Hallo")));
    let to = |path: &str| format!("To: {path}@forum.example.test\n{mail}");
    assert_ne!(content(&to("bounce+c.1")), content(&to("bounce+d.2")), "two letters came back");
}

/// Deep nesting, endless lines, thousands of addresses: read within bounds on size and number of parts, so that no
/// mail costs more than a mail of that size.
#[test]
fn hostile_mails_are_read_to_their_bounds() {
    let from = "From: MAILER-DAEMON@mx.example.test\nSubject: failure notice\n";
    let nested = "Content-Type: message/rfc822\n\n".repeat(50_000);
    let multipart = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(50_000);
    let addresses = "<kari@example.test>, user unknown;".repeat(100_000);
    for hostile in [
        format!("{from}{nested}"),
        format!("{from}{multipart}"),
        format!("{from}\n{}", "a".repeat(10_000_000)),
        format!("{from}\n{}", "@".repeat(2_000_000)),
        format!("{from}\n{addresses}"),
        format!("{from}\n{}", (0..20_000).map(|n| format!("<k{n}@example.test>:\nno\n")).collect::<String>()),
        format!(
            "{from}Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n{}",
            "Final-Recipient: rfc822; kari@example.test\nAction: failed\n\n".repeat(20_000)
        ),
        format!("{from}X-A: {}\n\n<kari@example.test>: no", "(".repeat(500_000)),
    ] {
        let mail = read_mail(hostile.as_bytes());
        assert!((1..=100).contains(&mail.reports.len()));
        assert!(mail.returned_ids.len() <= 100 && mail.answered_ids.len() <= 100);
        assert!(mail.reports.iter().all(|r| r.reason.chars().count() <= 300));
    }
}

fn encoded(charset: &'static encoding_rs::Encoding, words: &str) -> Vec<u8> {
    charset.encode(words).0.into_owned()
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

mod mutated {
    use proptest::prelude::*;

    use super::*;

    /// Every mail of the files, as bytes.
    fn seeds() -> Vec<Vec<u8>> {
        let status = cases(STATUS).into_iter().map(|case| notification(case.mail).into_bytes());
        all_cases().into_iter().map(|case| case.mail.as_bytes().to_vec()).chain(status).collect()
    }

    /// One thing that happens to the bytes of a mail on a bad way.
    #[derive(Debug, Clone)]
    enum Harm {
        Flip(usize, u8),
        Cut(usize, usize),
        Repeat(usize, usize, usize),
        Insert(usize, Vec<u8>),
    }

    fn harm() -> impl Strategy<Value = Harm> {
        let bits = prop_oneof![
            Just(b"@".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\n\n".to_vec()),
            Just(b"\xff\xfe\0".to_vec()),
            Just("\u{fdfa}İß".as_bytes().to_vec()),
            Just(b"\\x{110000}\\x{e5".to_vec()),
            Just(b"=?utf-8?b?====?=".to_vec()),
            Just(b"+4\xc3\xa5@".to_vec()),
            Just(b"\n--b\nContent-Type: message/rfc822\n\n".to_vec()),
            Just(b"\nFinal-Recipient: ;<>\n".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..8),
        ];
        prop_oneof![
            (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Harm::Flip(at, byte)),
            (any::<usize>(), 0..200_usize).prop_map(|(at, length)| Harm::Cut(at, length)),
            (any::<usize>(), 0..80_usize, 0..20_usize)
                .prop_map(|(at, length, n)| Harm::Repeat(at, length, n)),
            (any::<usize>(), bits).prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        ]
    }

    fn suffer(mail: &mut Vec<u8>, harm: &Harm) {
        let place = |at: usize| at % (mail.len() + 1);
        match harm {
            Harm::Flip(at, byte) => {
                let at = place(*at);
                if let Some(b) = mail.get_mut(at) {
                    *b = *byte;
                }
            }
            Harm::Cut(at, length) => {
                let at = place(*at);
                let end = (at + length).min(mail.len());
                mail.drain(at..end);
            }
            Harm::Repeat(at, length, n) => {
                let at = place(*at);
                let end = (at + length).min(mail.len());
                let again = mail[at..end].repeat(*n);
                mail.splice(at..at, again);
            }
            Harm::Insert(at, bytes) => {
                let at = place(*at);
                mail.splice(at..at, bytes.iter().copied());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_harm_to_its_bytes_makes_a_mail_unreadable(
            seed in any::<prop::sample::Index>(),
            harms in proptest::collection::vec(harm(), 1..12),
        ) {
            let seeds = seeds();
            let mut mail = seeds[seed.index(seeds.len())].clone();
            for harm in &harms {
                suffer(&mut mail, harm);
            }
            glance_at(&mail);
            names(&mail, "kari@example.test");
            let read = read_mail(&mail);
            prop_assert!(!read.reports.is_empty());
            for report in &read.reports {
                prop_assert!(report.recipient.as_ref().is_none_or(|address| address.contains('@')));
                prop_assert!(!report.reason.contains('\n'));
            }
        }
    }
}
