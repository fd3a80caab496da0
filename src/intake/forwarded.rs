//! What somebody forwards, without the wrapping that their mail program puts around it. Pure.
//!
//! Mail programs write "Fra: ... Sendt: ... Til: ... Emne: ..." above what is forwarded, below what the person who
//! forwards says themselves. Neither is for readers of letters: the one holds addresses, the other speaks to the lead.

/// Beginnings of subjects of what is answered and forwarded, as mail programs of the North and its neighbours write them.
const PREFIXES: [&str; 13] =
    ["fwd:", "fw:", "re:", "sv:", "vs:", "vb:", "videresendt:", "wg:", "aw:", "tr:", "rv:", "i:", "vl:"];

/// Those of what is answered.
const ANSWERS: [&str; 3] = ["re:", "sv:", "aw:"];

/// Fields of such a block that name the writer.
const FROM: [&str; 5] = ["fra:", "frå:", "from:", "från:", "von:"];

/// Its other fields.
#[rustfmt::skip]
const OTHERS: [&str; 24] = [
    "sendt:", "sent:", "dato:", "date:", "skickat:", "datum:", "gesendet:", "til:", "to:", "till:", "an:", "kopi:", "cc:",
    "emne:", "subject:", "ämne:", "betreff:", "svar til:", "reply-to:", "svar-til:", "viktighet:", "importance:", "prioritet:",
    "vedlegg:",
];

/// Lines that stand right above such a block, between dashes or alone.
#[rustfmt::skip]
const RULES: [&str; 10] = [
    "forwarded message", "videresendt melding", "vidaresend melding", "original message", "opprinnelig melding",
    "opphavleg melding", "begin forwarded message", "start på videresendt melding", "videresendt e-post", "weitergeleitete nachricht",
];

/// Of a block so many lines are looked at.
const LINES: usize = 14;

/// What is forwarded, and what was said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// The words themselves.
    pub body: String,
    /// What the person who forwards says above them; may be empty.
    pub note: String,
    /// Whom it was from, as the block says it: name and address; empty if nothing was forwarded.
    pub from: String,
}

/// A subject without what says that it is answered or forwarded.
pub fn plain_subject(subject: &str) -> &str {
    let mut subject = subject.trim();
    while let Some(prefix) = PREFIXES.iter().find(|prefix| begins_with(subject, prefix)) {
        subject = subject[prefix.len()..].trim_start();
    }
    subject
}

/// Takes what stands below the first block of fields, or above it where the subject says that it is answered: then that is
/// the writer's own, and below is what they answer.
pub fn unwrap_mail(subject: &str, text: &str) -> Forwarded {
    let told = unwrap_forwarded(text);
    let answers = ANSWERS.iter().any(|prefix| begins_with(subject.trim_start(), prefix));
    if answers && !told.note.is_empty() {
        return Forwarded { body: told.note, ..Forwarded::default() };
    }
    told
}

/// Takes the first block out of Markdown or plain text; what has none is all body.
fn unwrap_forwarded(text: &str) -> Forwarded {
    let lines: Vec<&str> = text.lines().collect();
    let Some((first, last)) = (0..lines.len()).find_map(|at| Some((at, end_of_block(&lines, at)?))) else {
        return Forwarded { body: text.trim().to_owned(), ..Forwarded::default() };
    };
    let is_around = |line: &&str| bare(line).is_empty() || is_rule(line);
    let above = first - lines[..first].iter().rev().take_while(|line| is_around(line)).count();
    let from = bare(lines[first]);
    let from = FROM.iter().find(|label| begins_with(&from, label)).map_or("", |label| &from[label.len()..]);
    let is_quoted = lines[first].trim_start().starts_with('>');
    let body: Vec<&str> =
        lines[last + 1..].iter().map(|line| if is_quoted { unquote(line) } else { line }).collect();
    Forwarded {
        body: body.join("\n").trim().to_owned(),
        note: lines[..above].join("\n").trim().to_owned(),
        from: without_link(from),
    }
}

/// A line without one sign that quotes it.
fn unquote(line: &str) -> &str {
    let quoted = line.trim_start().strip_prefix('>');
    quoted.map_or(line, |line| line.strip_prefix(' ').unwrap_or(line))
}

/// `Per <[per@vik.example](mailto:per@vik.example)>` as people write it.
fn without_link(from: &str) -> String {
    let mut plain = from.replace(['[', ']'], "");
    while let Some(at) = plain.find("(mailto:") {
        let end = plain[at..].find(')').map_or(plain.len(), |end| at + end + 1);
        plain.replace_range(at..end, "");
    }
    plain.trim().to_owned()
}

/// The last line of the block that begins at `first`, if one does: a writer, and at least two other fields behind it.
fn end_of_block(lines: &[&str], first: usize) -> Option<usize> {
    let is_from = |line: &str| FROM.iter().any(|label| begins_with(line, label));
    let is_other = |line: &str| OTHERS.iter().any(|label| begins_with(line, label));
    if !is_from(&bare(lines[first])) {
        return None;
    }
    let (mut last, mut fields, mut empty) = (first, 0, 0);
    for (at, line) in lines.iter().enumerate().skip(first + 1).take(LINES) {
        let line = bare(line);
        if is_other(&line) {
            (last, fields, empty) = (at, fields + 1, 0);
        } else if line.is_empty() {
            empty += 1;
        } else if empty > 0 || fields >= 4 {
            // Behind the block the words begin; a long list of addresses goes on without an empty line.
            break;
        }
        if empty > 1 && fields >= 2 {
            break;
        }
    }
    (fields >= 2).then_some(last)
}

/// Without the signs that quote or that make it bold.
fn bare(line: &str) -> String {
    let line: String = line.chars().filter(|c| !matches!(c, '*' | '\\' | '\u{a0}')).collect();
    line.trim_start_matches(|c: char| c.is_whitespace() || c == '>').trim_end().to_owned()
}

fn is_rule(line: &str) -> bool {
    let words = bare(line).to_lowercase();
    let words = words.trim_matches(|c: char| c.is_whitespace() || "-_=:".contains(c));
    words.is_empty() || RULES.contains(&words)
}

fn begins_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.to_lowercase() == beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_stands_without_what_mail_programs_put_before_it() {
        for (subject, plain) in [
            ("VS: Fwd: Referat fra mars", "Referat fra mars"),
            ("SV: sv:  Møte", "Møte"),
            ("Resultater: ny studie", "Resultater: ny studie"),
            ("Fw:", ""),
            ("Ærlig talt", "Ærlig talt"),
        ] {
            assert_eq!(plain_subject(subject), plain);
        }
    }

    #[test]
    fn the_block_of_each_mail_program_is_taken_out() {
        let outlook = "Denne passer for helse.\n\nHilsen Lise\n\n________________________________\n\n\
            **Fra:** Per Aas <per@vik.example>  \n**Sendt:** mandag 1. mars 2027 10:12  \n**Til:** Lise Lund  \n\
            **Emne:** Referat\n\nVi har fått åtte læreplasser.\n\nPer";
        let told = unwrap_forwarded(outlook);
        assert_eq!(told.body, "Vi har fått åtte læreplasser.\n\nPer");
        assert_eq!(told.note, "Denne passer for helse.\n\nHilsen Lise");
        assert_eq!(told.from, "Per Aas <per@vik.example>");

        let gmail = "---------- Forwarded message ---------\nFra: Per Aas <per@vik.example>\nDate: man. 1. mars 2027 kl. 10:12\n\
            Subject: Referat\nTo: Lise Lund <lise@forum.example>\n\n\nVi har fått åtte læreplasser.";
        let told = unwrap_forwarded(gmail);
        assert_eq!((told.body.as_str(), told.note.as_str()), ("Vi har fått åtte læreplasser.", ""));

        let apple = "FYI\n\nStart på videresendt melding:\n\n> Fra: Per Aas <per@vik.example>\n> Emne: Referat\n\
            > Dato: 1. mars 2027 kl. 10:12:00 CET\n> Til: Lise <lise@forum.example>\n> \n> Vi har fått åtte.";
        let told = unwrap_forwarded(apple);
        assert_eq!((told.body.as_str(), told.note.as_str()), ("Vi har fått åtte.", "FYI"));
    }

    #[test]
    fn of_an_answer_what_stands_above_is_its_writers() {
        let text = "Jeg kommer.\n\nFra: Forumet <f@forum.example>\nSendt: i dag\nTil: Per\nEmne: Samling\n\nHusk samlingen.";
        assert_eq!(unwrap_mail("SV: Samling", text).body, "Jeg kommer.");
        assert_eq!(
            unwrap_mail("Samling", text).body,
            "Husk samlingen.",
            "who forwards may write a subject of their own"
        );
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for text in ["Fra: i dag er det nytt.\n\nTil: alle", "Fra: Oslo\n\nHei.\n\nEmne: x", "", "Hei"] {
            let told = unwrap_forwarded(text);
            assert_eq!((told.body.as_str(), told.from.as_str()), (text, ""), "{text}");
        }
    }
}
