//! Words of the settings: `templates/locale/page/settings.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::table::words! {
    Words {
        weekday: BTreeMap<String, String>,
        nth: BTreeMap<String, String>,
        text_title: BTreeMap<String, String>,
        text_hint: BTreeMap<String, String>,
        ways: BTreeMap<String, String>,
        bases: BTreeMap<String, String>,
        kept_name: BTreeMap<String, String>,
        kept_meaning: BTreeMap<String, String>,
        kept_why: BTreeMap<String, String>,
        kept_going: BTreeMap<String, String>,
    }
    page, PageWords:
        title lead saved wrong overtaken stands stands_none save file file_line;
    forum, Forum:
        title name name_hint name_error language language_hint;
    rhythms, Rhythms:
        title hint on days days_monthly nth time next none own keep error none_error used;
    breaks, Breaks:
        title holidays pause pause_hint first last pause_number error;
    letter, Letter:
        title cap cap_hint cap_error learning learning_hint;
    sender, Sender:
        title lead link link_line saved else_holds other_domain no_address not_ascii returned_mail letters letters_lead address address_hint reply_name reply_name_hint reply_address reply_address_hint postal postal_hint privacy privacy_lead controller controller_hint contact contact_hint officer officer_hint;
    look, Look:
        title lead link link_line saved colour colour_hint contrast colour_form colour_contrast logo logo_hint logo_now logo_remove logo_type logo_large logo_size logo_again about about_hint letter letter_hint;
    keeping, Keeping:
        title lead archive link link_line saved days hint hint_months no_number out_of_span more_than ask_title ask_lead ask_change_one ask_change ask_button ask_back;
    grounds, Grounds:
        title lead link link_line saved basis reason reason_hint consent_title consent_text others_title others others_button changed;
    texts, Texts:
        title lead link link_line saved tried longest ours look back remove shown nothing about_line wordings wordings_lead wording;
    record, Record:
        title lead link link_line people people_all people_task people_interest people_obligation people_consent people_union union_consent union_published union_none few not_few staff transfers transfers_text safety pages_encrypted pages_open relay_folder relay_open relay_encrypted signed unsigned desk_guarded approved not_approved logged erased;
    screening, Screening:
        title lead yes partly no scoring scoring_yes scoring_no decisions decisions_no monitoring monitoring_no sensitive sensitive_yes sensitive_missing sensitive_no scale scale_yes scale_no matching matching_no vulnerable vulnerable_partly vulnerable_partners novel novel_no hindering hindering_no needed not_needed;
}
