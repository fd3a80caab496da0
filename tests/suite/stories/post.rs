//! Where the service's mail goes: to a server that speaks SMTP, or into a folder.

use std::path::PathBuf;

use mail_parser::MessageParser;

use crate::delivery::server::{At, Do, Server, usual};

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// Whether it is a letter of a mailing, not a short mail.
    pub is_letter: bool,
}

/// Who takes the mail.
pub enum Post {
    Server(Server),
    Folder(PathBuf),
}

impl Post {
    /// A server that does what `plan` says.
    pub async fn serve(plan: impl Fn(&At) -> Do + Send + Sync + 'static) -> Post {
        Post::Server(Server::start(usual(), plan).await)
    }

    /// As it stands in the configuration.
    pub fn url(&self) -> String {
        match self {
            Post::Server(server) => server.url(),
            Post::Folder(folder) => format!("maildir:{}", folder.display()),
        }
    }

    /// All mail that arrived, in the order of arrival where the post keeps it.
    pub fn list(&self) -> Vec<Mail> {
        match self {
            Post::Server(server) => {
                let seen = server.seen.lock().unwrap();
                seen.taken
                    .iter()
                    .filter(|t| !t.text.is_empty())
                    .map(|t| read(&t.to, t.text.as_bytes()))
                    .collect()
            }
            Post::Folder(folder) => {
                let files = std::fs::read_dir(folder.join("new")).into_iter().flatten().flatten();
                files.map(|file| read("", &std::fs::read(file.path()).expect("a mail"))).collect()
            }
        }
    }
}

fn read(to: &str, bytes: &[u8]) -> Mail {
    let mail = MessageParser::default().parse(bytes).expect("a mail");
    let named = mail.to().and_then(|to| to.first()?.address()).unwrap_or(to).to_owned();
    let text = mail.body_text(0).expect("a text part").into_owned();
    let subject = mail.subject().unwrap_or_default().to_owned();
    Mail { to: named, subject, is_letter: mail.header("Feedback-ID").is_some(), text }
}

/// What a letter's text says, without its links: they are nobody's business before it is sent, and each letter has its own.
pub fn without_links(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty() && !line.contains("://")).collect()
}
