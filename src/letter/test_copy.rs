//! A letter as somebody gets it who only tries it out.

/// Fields that belong to a letter of the list: its ways out are of somebody else, and lead nowhere (RFC 8058, 3.1: what is
/// offered must work).
const OF_THE_LIST: [&str; 3] = ["list-", "feedback-id:", "precedence:"];

/// The letter with `date` (RFC 5322, 3.3) for its own, which may lie ahead, and without the fields of the list.
pub fn as_test_copy(letter: &[u8], date: &str) -> Vec<u8> {
    let end = letter.windows(4).position(|window| window == b"\r\n\r\n").map_or(letter.len(), |at| at + 2);
    let (head, body) = letter.split_at(end);
    let mut copy = Vec::with_capacity(letter.len());
    let mut is_kept = true;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        // A folded field goes on in lines that begin with white space.
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = String::from_utf8_lossy(line).to_ascii_lowercase();
            let is_date = name.starts_with("date:");
            is_kept = !is_date && !OF_THE_LIST.iter().any(|field| name.starts_with(field));
            if is_date {
                copy.extend_from_slice(format!("Date: {date}\r\n").as_bytes());
            }
        }
        if is_kept {
            copy.extend_from_slice(line);
        }
    }
    copy.extend_from_slice(body);
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_of_now_and_offers_no_way_out_of_a_list() {
        let letter = "From: a@forum.example\r\nDate: Mon, 21 Feb 2028 07:30:00 +0100\r\nList-Unsubscribe: <https://x/u/0>,\r\n \
                      <mailto:a@forum.example>\r\nSubject: =?utf-8?q?H=C3=A5?=\r\n =?utf-8?q?_og?=\r\nFeedback-ID: a:b:c:d\r\n\
                      Precedence: bulk\r\nMIME-Version: 1.0\r\n\r\nDate: in the body\r\nList-Id: too\r\n";
        let copy = as_test_copy(letter.as_bytes(), "Tue, 15 Feb 2028 09:00:00 +0100");
        assert_eq!(
            String::from_utf8(copy).expect("it is text"),
            "From: a@forum.example\r\nDate: Tue, 15 Feb 2028 09:00:00 +0100\r\nSubject: =?utf-8?q?H=C3=A5?=\r\n =?utf-8?q?_og?=\r\n\
             MIME-Version: 1.0\r\n\r\nDate: in the body\r\nList-Id: too\r\n"
        );
    }
}
