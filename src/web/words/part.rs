//! Words of taking part: events, requests, sending something in: `templates/locale/page/part.{nb,nn,en}.toml`.

super::table::words! {
    Words {
        reply: Help,
    }
    answer, Answer:
        title done whose_before whose_after until legend coming not_coming sending who who_hint name email note note_hint button change read said_coming said_not_coming said_sending said_sending_someone sum over registration_ended error error_answer error_email error_long used_for cancelled changed;
    help, Help:
        title done done_line message message_hint told told_lead told_after button read said anew over error error_message error_often ask ask_again;
    send_in, SendIn:
        title lead whose_before whose_after what what_hint body body_hint link kind kind_unknown for_whom for_whom_hint topics why name email email_hint organisation trap button done done_line again used_for error error_title error_body error_link error_for_whom error_name error_email error_long busy sent_before link_front;
    pass_on, PassOn:
        title forum group only by_word colleague colleague_lead read;
}
