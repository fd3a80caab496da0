//! Words of doors: sign-up, devices, leaving, one's own data: `templates/locale/page/access.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::table::words! {
    Words {
        labels: BTreeMap<String, String>,
        values: BTreeMap<String, String>,
    }
    nav, Nav:
        label items preferences data sign_out signed_in;
    ways, Ways:
        sign_up link;
    link, Link:
        title lead whose_before whose_after email email_error button no_password sent sent_line sent_to_before sent_to_after sent_most sent_hint open_anyway;
    sign_up, SignUp:
        title lead email email_hint email_error name organisation language topics topics_hint consent_title consent consent_agree consent_error consent_changed button trap source sent sent_line sent_hint;
    open, Open:
        title whose_before whose_after button days spent spent_line again sign_up sign_up_lead sign_up_topics sign_up_button signed_up signed_up_line signed_up_next leave address address_lead address_button moved moved_line;
    me, Me:
        title whose_before whose_after items preferences send_in data leave leave_line left devices devices_hint unnamed here since close close_all close_all_line out out_line out_all places places_line address address_line erase erase_line;
    places, Places:
        title lead none left_before name email hint email_error button said represents;
    unions, Unions:
        title lead own consent published missing withdrawn yes withdraw not_so said_yes said_no ask ask_link;
    still, Still:
        title whose lead yes no who missing button done;
    address, Address:
        title lead now email email_error button sent sent_line;
    data, Data:
        title lead whose download download_hint yes no;
    erase, Erase:
        title lead goes stays sure sure_error button done done_at rows letters files outside outside_backups outside_lists outside_sent hash unfinished items;
    urgent, Urgent:
        title line off is_off on;
}
