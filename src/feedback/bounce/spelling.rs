//! The recipient of a report as the mail spells the address. All comparing is done in lower case, by [`BounceReport::named`].

use std::collections::HashMap;

use super::BounceReport;
use super::address::{read_original_spelled, read_spelled, scan};
use super::fields::{Fields, read_blocks};
use super::parts::Parts;

/// So many lines of a text are looked at.
const READ_LINES: usize = 2_000;

/// So far each line.
const READ_LINE: usize = 2_000;

/// Puts the spelling of the mail in the place of each recipient's, if it has the address: of the report's own fields first, then
/// of its words and headers, then of the letter that came back.
pub(super) fn spell_recipients(
    reports: &mut [BounceReport],
    headers: &Fields,
    subject: &str,
    parts: &Parts<'_>,
) {
    let mut spelled = Spelled::default();
    let fields = parts.status.iter().chain(&parts.feedback).chain(&parts.receipt);
    for text in fields {
        spelled.add_fields(text);
        spelled.add_text(text);
    }
    spelled.add_text(&parts.text);
    spelled.add_text(subject);
    ["x-failed-recipients", "from"]
        .iter()
        .flat_map(|name| headers.all(name))
        .for_each(|value| spelled.add_text(value));
    let copied =
        parts.copied.iter().flat_map(|copied| copied.all("to").chain(copied.all("x-failed-recipients")));
    copied.for_each(|value| spelled.add_text(value));
    for report in reports {
        // What an enclosed mail told is spelled as it told it.
        let is_plain = report.recipient.as_ref() == report.named.first();
        let known = report.recipient.as_ref().filter(|_| is_plain).and_then(|address| spelled.0.get(address));
        if let Some(known) = known {
            report.recipient = Some(known.clone());
        }
    }
}

/// Addresses in lower case, with their first spelling.
#[derive(Default)]
struct Spelled(HashMap<String, String>);

impl Spelled {
    fn add(&mut self, spelling: String) {
        self.0.entry(spelling.to_lowercase()).or_insert(spelling);
    }

    fn add_fields(&mut self, text: &str) {
        for block in read_blocks(text).iter().take(READ_LINES) {
            for (name, value) in block.iter().filter(|(name, _)| name.ends_with("recipient")) {
                let value = &value[..value.floor_char_boundary(READ_LINE)];
                let read = if name == "original-recipient" {
                    read_original_spelled(value)
                } else {
                    read_spelled(value)
                };
                read.into_iter().for_each(|spelling| self.add(spelling));
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        for line in text.lines().take(READ_LINES) {
            let found = scan(&line[..line.floor_char_boundary(READ_LINE)]);
            found.into_iter().for_each(|found| self.add(found.spelled));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_mail;

    #[test]
    fn a_recipient_is_spelled_as_the_report_spells_it_and_compared_in_lower_case() {
        let of_words = "From: MAILER-DAEMON@mx.example.test\nSubject: failure notice\n\n<Kari.Nes@NoWhere.Test>:\nuser unknown\n";
        let status = |field: &str| {
            format!(
                "From: MAILER-DAEMON@mx.example.test\nSubject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n\n\
                 kari.nes@nowhere.test failed.\n--b\nContent-Type: message/delivery-status\n\n{field}\nAction: failed\n\
                 Status: 5.1.1\n\n--b--\n"
            )
        };
        let answer = "From: Kari <Kari.Nes@NoWhere.Test>\nSubject: Automatisk svar: Nytt\n\nHei\n";
        for mail in [
            of_words,
            answer,
            &status("Final-Recipient: rfc822; Kari.Nes@NoWhere.Test"),
            &status(
                "Original-Recipient: rfc822;Kari.Nes+40NoWhere.Test\nFinal-Recipient: rfc822; per@example.test",
            ),
        ] {
            let report = read_mail(mail.as_bytes()).reports.swap_remove(0);
            assert_eq!(report.recipient.as_deref(), Some("Kari.Nes@NoWhere.Test"), "{mail}");
            assert_eq!(report.named[0], "kari.nes@nowhere.test", "{mail}");
        }
        let lower = status("Final-Recipient: rfc822; kari.nes@nowhere.test");
        let lower = lower.replacen("kari.nes@nowhere.test failed", "Kari.Nes@nowhere.test failed", 1);
        let report = read_mail(lower.as_bytes()).reports.swap_remove(0);
        assert_eq!(report.recipient.as_deref(), Some("kari.nes@nowhere.test"), "the report's own field");
    }
}
