//! `treff people resume`: lifts a suspension.

use super::who::get_recipient;
use crate::app::App;
use crate::cli::{Exit, Report};
use crate::store::Resumption;
use crate::world;

/// Lifts a suspension for bounces; what a person decided themselves, only on their word.
pub async fn run(app: &App, email: &str, on_their_word: bool) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    let person = get_recipient(app, &forum, email).await?;
    let email = &person.email;
    let resumption = app.store.resume_recipient(person.id, on_their_word, "command", app.clock.now()).await?;
    let resumed = matches!(resumption, Resumption::Resumed(_));
    let (exit, status, text) = match resumption {
        Resumption::Resumed(status) => {
            let text = format!("{email} is {status} again; the next edition looks 30 days back for them");
            (Exit::Done, status, text)
        }
        Resumption::NotHeldBack(status) => {
            let text = format!("{email} is {status}; there was nothing to lift");
            (Exit::Done, status, text)
        }
        Resumption::TheirsToDecide(status, cause) => {
            let text = format!(
                "{email} is {status} ({cause}), and that is theirs to decide: they can take an unsubscribing back on \
                 the page that their letters link to. If they have asked you for it, add --on-their-word"
            );
            (Exit::Partly, status, text)
        }
    };
    let json = serde_json::json!({ "recipient": email.to_string(), "status": status, "resumed": resumed, "reason": text });
    Ok(Report { exit, ..Report::done(text, json) })
}
