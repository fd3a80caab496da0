//! Words of taking part: events, requests, sending something in: `templates/locale/page/part.{nb,nn,en}.toml`.

super::words! {
    Words {}
    answer, Answer:
        title done whose_before whose_after until legend coming not_coming sending who who_hint name email note note_hint button change read said_coming said_not_coming said_sending said_sending_someone sum over registration_ended error error_answer error_email error_long used_for cancelled changed;
}
