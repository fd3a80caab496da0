//! Words of the desk: `templates/locale/page/desk.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::table::words! {
    Words {
        right: BTreeMap<String, String>,
        action: BTreeMap<String, String>,
    }
    nav, Nav:
        label menu today items mailing people progress hits settings accounts log account sign_out language;
    sign_in, SignIn:
        title lead email email_error button hint sent sent_line sent_hint recipients recipients_link password_title password password_button password_wrong;
    open, Open:
        title whose_before whose_after button hint spent spent_line again;
    houses, Houses:
        with or away away_line away_button back back_line back_button tie_line tie_button spent spent_line denied denied_line busy busy_line misconfigured misconfigured_line unknown_line unknown_tie unknown_none taken taken_line again to_account ties ties_hint tied tie untie untie_hint by;
    today, Today:
        title mailing mailing_none mailing_of mailing_next running approvals approvals_line asked asked_line own drafts drafts_none from questions questions_none because_hard because_soft because_left because_answer suggests answers answers_line answers_of answers_of_one vacant vacant_none own_vacant_none groundless uncertain uncertain_none uncertain_line uncertain_of more nothing nothing_line;
    steps, Steps:
        title lead done settings settings_line sender sender_line groups groups_line people people_line item item_line mailing mailing_line;
    account, Account:
        title whose_before whose_after rights groups organisation sessions sessions_hint unnamed here since close close_all language language_line language_browser out out_line out_all safety safety_second safety_password;
    code, Code:
        title lead code hint wrong button lost;
    second, Second:
        title lead required stands begin again renew step_photograph square step_letters step_code code wrong confirm codes codes_line codes_done;
    password, Password:
        title lead new hint wrong save saved removed remove;
    accounts, Accounts:
        title lead all new email taken name name_error rights rights_error groups writes_for groups_hint organisation organisation_hint organisation_none organisation_error looks_after days days_hint days_error from until begins lasts invite invited may save saved overtaken stands stands_none last reset reset_line reset_button was_reset end end_line sure sure_error end_button ended;
    log, Log:
        title lead person who who_any command page pages worker account knock link action action_any from until show none older csv json details;
    demo, Demo:
        line button;
}
