//! Words of the desk: `templates/locale/page/desk.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::words! {
    Words {
        right: BTreeMap<String, String>,
    }
    nav, Nav:
        label today items mailing people hits settings account sign_out language;
    sign_in, SignIn:
        title lead email email_error button hint sent sent_line sent_hint recipients recipients_link;
    open, Open:
        title whose_before whose_after button hint spent spent_line again;
    today, Today:
        title mailing mailing_none mailing_of mailing_next drafts drafts_none from questions questions_none because_hard because_soft because_left suggests vacant vacant_none uncertain uncertain_none uncertain_line uncertain_of more nothing nothing_line;
    account, Account:
        title whose_before whose_after rights groups sessions sessions_hint unnamed here since close close_all language language_line language_browser out out_line out_all;
    demo, Demo:
        line button;
}
