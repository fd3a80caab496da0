//! Words of queueing an item: `templates/locale/page/queue.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

use crate::forum::Position;

super::table::words! {
    Words {
        position: BTreeMap<Position, String>,
        organisation: BTreeMap<String, String>,
    }
    list, List:
        title new drafts untitled draft draft_of sent_in sent_in_by asked items search search_button kind state any count count_one none none_line empty empty_line earlier later copy copy_of discarded;
    state, State:
        next urgent held waits out over over_next withdrawn filter_next filter_out;
    form, Form:
        title_new title_draft title_correct what what_hint body body_hint queue correct ask see save discard discard_line back saving unsaved signed_out not_yours astray;
    link, Link:
        label hint button filled opens walled no_page not_public missing no_html unreachable;
    kinds, Kinds:
        minutes minutes_hint event request call starts ends time place registration gathering gathering_yes wanted_by deadline group met_on promised promised_from;
    who, Who:
        title hint all seat works_at works_in_kind represents role sector and or not but_not nor remove add_label choose add_or add_and add_not offer_all offer_groups offer_seats offer_roles offer_kinds offer_sectors offer_organisations offer_represents typed typed_hint typed_button told clear error_term error_typed nobody_yet org_name org_unknown any_place;
    topics, Topics:
        title remove add_label choose add none chosen from_text from_one from_items interested interested_no;
    more, More:
        title suggested kind language see see_forum see_public see_group see_only importance required normal background lane with_next urgent release expires expires_hint source source_none contact_name contact_email contact_phone contact other other_hint other_title other_body;
    files, Files:
        title none add add_button remove too_many too_large;
    sent_in, SentIn:
        title from for_whom why forwarded_from left_out;
    aside, Aside:
        title title_one chosen interested bar of names why_not none share all all_groups withheld walled walled_one missed_groups missed_kind and_more or or_more or_more_one others broad letters first over nothing counting empty empty_line refresh saved uncounted sum union;
    went, Went:
        title counting accepted accepted_one accepted_none accepted_never unsure unsure_one waits waits_one sum sum_one sum_sent sum_sent_one still still_one still_none names_accepted names_unsure names_waits names_all names_still verdict_accepted verdict_unsure verdict_waits verdict_any;
    names, Names:
        title back search search_hint search_button found found_none chosen interested more nobody gets gets_not not_open not_status not_entitled not_match not_match_plain not_muted;
    preview, Preview:
        title back reader nothing files;
    item, Item:
        who topics nobody correct correct_hint correct_out copy undo undo_line withdraw withdraw_line withdraw_button withdraw_out back;
    cancelling, Cancelling:
        people to_tell told left nobody tell tell_hint reason reason_hint;
    answers, Answers:
        title none answered_on helps replies replies_one offers offers_one offered_to offered_lead colleague colleague_one named not_for_me;
    late, Late:
        one other none none_one suggested left left_one unreached ask_lead missed missed_one missed_some unsettled unsettled_one unsettled_some missed_dated missed_undated missed_letter missed_letter_part missed_letter_one missed_letter_some missed_ask;
    sure, Sure:
        minutes_yes bare bare_yes ahead ahead_yes over over_before over_next over_ask over_letter over_letter_ask over_yes nobody nobody_yes urgent urgent_yes walled walled_yes;
    note, Note:
        saved saved_at added_first unanswered asked undone copied queued queued_urgent queued_approval queued_waits queued_held queued_over corrected withdrawn too_late overtaken queued_meanwhile discarded_meanwhile taken_out_meanwhile discarded taken_out files_again item_overtaken item_taken_back comes_late item_went_out stands stands_draft needs_lead failed forum_changed;
    error, Error:
        some title kind language audience audience_typed starts ends link contact expires gone day open_minutes;
}
