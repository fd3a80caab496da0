//! What a relay offers (EHLO), and what follows for a letter: SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531).

use super::reply::Reply;
use crate::delivery::desk::Parcel;

/// What the relay offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub pipelining: bool,
    pub eight_bit: bool,
    /// The largest letter; 0 means no fixed limit (RFC 1870).
    pub size: Option<u64>,
    pub start_tls: bool,
    pub plain: bool,
    pub login: bool,
    pub xoauth2: bool,
    pub utf8: bool,
    /// Enhanced status codes (RFC 2034).
    pub statuses: bool,
}

impl Offers {
    /// Reads an EHLO reply; its first line is the relay's name.
    pub fn read(reply: &Reply) -> Offers {
        let mut offers = Offers::default();
        for line in reply.text.lines().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split([' ', '=']).filter(|w| !w.is_empty());
            match words.next() {
                Some("PIPELINING") => offers.pipelining = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SIZE") => offers.size = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0)),
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("ENHANCEDSTATUSCODES") => offers.statuses = true,
                Some("STARTTLS") => offers.start_tls = true,
                Some("AUTH") => words.for_each(|mechanism| match mechanism {
                    "PLAIN" => offers.plain = true,
                    "LOGIN" => offers.login = true,
                    "XOAUTH2" => offers.xoauth2 = true,
                    _ => {}
                }),
                _ => {}
            }
        }
        offers
    }

    /// What the relay said beforehand that it would refuse.
    pub fn refuse(&self, parcel: &Parcel) -> Option<Reply> {
        let limit = self.size.unwrap_or(0);
        if limit > 0 && parcel.content.size() as u64 > limit {
            let text =
                format!("5.3.4 the letter has {} bytes; the relay takes {limit}", parcel.content.size());
            return Some(Reply::of(552, text));
        }
        if parcel.needs_utf8() && !self.utf8 {
            let text = "5.6.7 the address is not in ASCII; the relay does not offer SMTPUTF8";
            return Some(Reply::of(553, text));
        }
        // RFC 6531, 3.1: who offers SMTPUTF8 takes 8-bit text, whether it says so or not.
        if parcel.content.is_eight_bit && !self.eight_bit && !parcel.needs_utf8() {
            let text = "5.6.3 the letter has 8-bit text; the relay takes none";
            return Some(Reply::of(554, text));
        }
        None
    }

    /// MAIL with what the relay should know beforehand.
    pub fn mail_line(&self, parcel: &Parcel) -> String {
        let size =
            if self.size.is_some() { format!(" SIZE={}", parcel.content.size()) } else { String::new() };
        let body = if parcel.content.is_eight_bit { " BODY=8BITMIME" } else { "" };
        let utf8 = if parcel.needs_utf8() { " SMTPUTF8" } else { "" };
        ["MAIL FROM:<", &parcel.from, ">", &size, body, utf8, "\r\n"].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::smtp::Content;
    use crate::ids::DeliveryId;

    #[test]
    fn offers_are_read_whatever_their_case_and_shape() {
        let text = "relay.example\nEnhancedStatusCodes\nPipelining\nSIZE 1000\nAUTH=LOGIN\nauth PLAIN XOAUTH2\nStartTLS\n8bitmime\nSmtpUtf8";
        let read = Offers::read(&Reply::of(250, text));
        let all = Offers {
            pipelining: true,
            eight_bit: true,
            size: Some(1000),
            start_tls: true,
            plain: true,
            login: true,
            xoauth2: true,
            utf8: true,
            statuses: true,
        };
        assert_eq!(read, all);
        assert_eq!(Offers::read(&Reply::of(250, "PIPELINING")), Offers::default());
    }

    fn parcel(to: &str) -> Parcel {
        let content = Content::of(b"Subject: Hei\r\n".to_vec()).unwrap();
        Parcel { id: DeliveryId(1), from: "bounce@forum.example".into(), to: to.into(), content }
    }

    #[test]
    fn an_address_beyond_ascii_goes_with_smtputf8_or_not_at_all() {
        let (plain, utf8) = (Offers::default(), Offers { utf8: true, ..Offers::default() });
        let (kari, kare) = (parcel("kari@example.test"), parcel("kåre@example.test"));
        assert_eq!((plain.refuse(&kari), utf8.refuse(&kari), utf8.refuse(&kare)), (None, None, None));
        let refusal = plain.refuse(&kare).unwrap();
        assert_eq!((refusal.code, &refusal.text[..5]), (553, "5.6.7"));
        assert_eq!(utf8.mail_line(&kari), "MAIL FROM:<bounce@forum.example>\r\n");
        assert_eq!(utf8.mail_line(&kare), "MAIL FROM:<bounce@forum.example> SMTPUTF8\r\n");
    }
}
