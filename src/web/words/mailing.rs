//! Words of the mailing desk: `templates/locale/page/mailing.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    next, Next:
        title none none_line often gets_letter get_letter gets_none get_none has_more have_more counting counting_line as_of refresh items nothing nothing_line unreached unreached_line in_letters_one in_letters chosen interested left_over elsewhere uncounted others_one others others_only_one others_only people_all gets_nothing gets_nothing_none nobody rhythms back;
    without, Without:
        nothing pausing pausing_until on_its_way suspended unsubscribed unconfirmed;
    people, People:
        title title_letter title_over title_without union search search_button sought count_one count none none_line others_one others left_over more less;
    sent, Sent:
        title lead mailing_of urgent empty empty_line older paused planning running waiting finished letters_one letters letters_none progress by_itself pause resume cancel was_paused was_resumed was_cancelled items groups organisations all nobody as_places reach_later;
    letters, Letters:
        none reply uncertain_line rejected_line deferred_line not_reached changed_since nothing_left then_settle then_ends then_next ended_line resend try_now try_again arrived lost done_due done_again done_arrived done_lost not_stopped not_overtaken not_kept not_any_more;
    cancel, Cancel:
        title waiting_one waiting line unplanned withdraw button rather;
    letter, Letter:
        search_title search_line open more title when as_mail as_text sides nothing not_settled on_its_way no_letters test test_line test_button test_sent test_failed logged;
    waiting, Waiting:
        hold held held_line let_go later shift shift_button day time was_held was_let_go was_moved too_late overtaken bad_day bad_time;
    approval, Approval:
        title needed approved changed own button done moved due waits;
    changed, Changed:
        title lead none versions files never audience visibility text_changed text_gone names others own button done moved today waits;
}
