//! Words of people and places: `templates/locale/page/people.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::table::words! {
    Words {
        column: BTreeMap<String, String>,
    }
    tabs, Tabs:
        label people groups organisations vacant topics;
    state, State:
        gets returned left nothing unsubscribed unconfirmed;
    list, List:
        title lead search search_hint search_button more group role organisation state any count count_one none none_line empty empty_line earlier later import export export_line own_export_line no_place own_no_place own;
    person, Person:
        back email works_at roles language often since came_from basis basis_task basis_consent basis_none places places_none own_places_none earlier held_returned held_complaint held_unsubscribed held_unconfirmed resume resume_line resume_word link link_line close_letters close_letters_line out out_line out_day out_sure out_button outside question question_line question_out here_button look look_line letters letters_none preferences preferences_none follows mutes cap paused urgent urgent_off returned returned_none history history_none own;
    returned, Returned:
        hard soft policy complaint auto_reply delayed other suggests;
    groups, Groups:
        title lead held held_one nobody vacant vacant_one empty empty_line;
    group, Group:
        back topics change places places_none places_none_line cut open open_line organisation organisation_hint position open_button;
    organisations, Organisations:
        title search search_button told none empty earlier later back people places places_none cut;
    grounds, Grounds:
        title consent published by_themselves by_sheet missing missing_line withdrawn withdraw change list list_line;
    vacant, Vacant:
        title questions questions_none has_place placeless places none own_none none_line empty own_empty empty_line more fill;
    place, Place:
        back since from_until until_only vacant represents who who_suggested who_hint own_who_hint name email from until from_hint until_hint union union_hint ground_consent ground_published ground_kept preview own_preview who_has change_days days_button earlier vacate vacate_line vacate_on vacate_button close close_line close_sure close_button source loses moved known other_name new welcome welcome_title welcome_day welcome_nothing welcome_none welcome_unseen elsewhere own confirm change;
    note, Note:
        resumed link letters_closed no_link out out_on gone here placed placed_on opened closed welcome welcome_then vacated vacated_on span their_word day sure admitted organisation long_name address has_it erased elsewhere no_place overtaken overlaps overlaps_always ground ground_said;
    import, Import:
        title choose another lead file source source_hint read no_file not_used columns columns_hint check would counts resting moved shared new more button button_hint done see faults faults_hint faults_left absent absent_hint changed_meanwhile other_columns further hidden unheaded place file_empty file_old file_unknown file_quote file_astray file_broken file_unpacked file_large head_no_email head_folded head_twice head_misspelt slip_no_address slip_address slip_none slip_known slip_group slip_role slip_sector slip_several slip_position slip_kind slip_language slip_union_ground slip_yes_no slip_cadence slip_contradiction slip_erased slip_formula slip_date slip_unvalued slip_surplus slip_too_long slip_other change_name change_organisation change_language change_cadence change_admitted change_place change_role change_follow change_ground_consent change_ground_published ground_unsaid ground_withdrawn ground_idle;
}
