//! Letters rendered one by one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use lettre::Message;
use lettre::message::MultiPart;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use serde::Serialize;
use sha2::Sha256;
use tera::{Context, Tera};

const LINE: &str = "Innhold som er skrevet en gang og brukt i mange brev, linje for linje, så.";
const BASE: &str = "https://forum.example.test";

/// What letters are rendered from.
pub struct Letters {
    tera: Tera,
    cards: Vec<Card>,
    introduction: String,
}

#[derive(Serialize)]
struct Card {
    number: usize,
    title: &'static str,
    lead: String,
    lines: Vec<&'static str>,
}

#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(ListUnsubscribe(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

impl Letters {
    /// Letters of about so many bytes when they are encoded.
    pub fn new(bytes: usize) -> Letters {
        let mut tera = Tera::default();
        let templates =
            [("letter.html", include_str!("letter.html")), ("letter.txt", include_str!("letter.txt"))];
        tera.add_raw_templates(templates).expect("templates");
        // So many paragraphs, shared out among the cards, make the letter as long as asked once it is encoded.
        let lines = bytes.saturating_sub(3_600) / 100;
        let lead = LINE.repeat((lines / 60).max(1));
        let card = |number| Card {
            number,
            title: "Innspill til ny veileder",
            lead: lead.clone(),
            lines: vec![LINE; (lines * 105 / 1000).max(1)],
        };
        Letters { tera, cards: (0..40).map(card).collect(), introduction: LINE.repeat((lines / 60).max(1)) }
    }

    /// The `n`th recipient's.
    pub fn build(&self, n: usize) -> Message {
        let (token, leave) = (sign(b'l', n), sign(b'u', n));
        let cards: Vec<&Card> = (0..7).map(|i| &self.cards[(n * 7 + i * 3) % self.cards.len()]).collect();
        let mut context = Context::new();
        context.insert("subject", "Frist fredag: innspill (+ 6 saker)");
        context.insert("greeting", "Hei, Kari");
        context.insert("introduction", &self.introduction);
        context.insert("cards", &cards);
        context.insert("base", BASE);
        context.insert("token", &token);
        context.insert("leave", &leave);
        let render = |name| self.tera.render(name, &context).expect("a rendered letter");
        Message::builder()
            .from("Forum <forum@forum.example.test>".parse().expect("an address"))
            .reply_to("svar@forum.example.test".parse().expect("an address"))
            .to(format!("Kari Nes <p{n}@example.test>").parse().expect("an address"))
            .subject("Frist fredag: innspill (+ 6 saker)")
            .header(ListUnsubscribe(format!("<{BASE}/u/{leave}>")))
            .message_id(Some(format!("<{n}@forum.example.test>")))
            .multipart(MultiPart::alternative_plain_html(render("letter.txt"), render("letter.html")))
            .expect("a message")
    }
}

fn sign(purpose: u8, n: usize) -> String {
    let mut bytes = [0u8; 32];
    bytes[1] = purpose;
    bytes[4..12].copy_from_slice(&n.to_be_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).expect("a key");
    mac.update(&bytes[..12]);
    bytes[12..].copy_from_slice(&mac.finalize().into_bytes()[..20]);
    URL_SAFE_NO_PAD.encode(bytes)
}
