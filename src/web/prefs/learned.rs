//! What a person's taps taught, in plain words, with the switch and "forget it".

use serde::Serialize;

use super::owner::Owner;
use crate::edition::{Lesson, LessonOn, list_lessons};
use crate::letter::name_in_sentence;
use crate::store::KeptKind;
use crate::web::reasons::may_name;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::words::{Words, fill};

/// How many lessons the page tells, the strongest.
const LESSONS: usize = 6;

/// What was learned of a person.
#[derive(Serialize)]
pub(super) struct Learned {
    on: bool,
    /// The forum has switched it off for all.
    forum_off: bool,
    lessons: Vec<String>,
    kept: String,
}

/// What the taps of a page's owner taught.
pub(super) async fn show_learned(reading: &Reading, owner: &Owner) -> Result<Learned, Refusal> {
    let words = owner.words(reading);
    let taps = reading.taps(&owner.library, owner.recipient.id).await?;
    let may_be_told = |lesson: &Lesson| match lesson.on {
        LessonOn::Kind(_) => true,
        LessonOn::Term(term) => may_name(owner.forum(), term, owner.discreet),
    };
    let lessons = list_lessons(&taps).into_iter().filter(may_be_told).take(LESSONS);
    let days = reading.retention_days(KeptKind::Taps).await?;
    Ok(Learned {
        on: reading.is_learning(owner.recipient.id).await?,
        forum_off: !owner.forum().settings.learning,
        lessons: lessons.map(|lesson| tell_lesson(owner, words, &lesson)).collect(),
        kept: fill(&words.prefs.learned.kept, &[("days", &days.to_string())]),
    })
}

fn tell_lesson(owner: &Owner, words: &Words, lesson: &Lesson) -> String {
    let own = &words.prefs.learned;
    match lesson.on {
        LessonOn::Kind(kind) => {
            let pattern = if lesson.points > 0 { &own.more_kind } else { &own.less_kind };
            fill(pattern, &[("kinds", words.kinds_of(kind))])
        }
        LessonOn::Term(term) => {
            let pattern = if lesson.points > 0 { &own.more_term } else { &own.less_term };
            fill(pattern, &[("name", &name_in_sentence(owner.forum(), term, owner.language()))])
        }
    }
}
