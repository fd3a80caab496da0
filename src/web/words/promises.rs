//! Words of promises: in the form of minutes, on a person's own page, beside progress:
//! `templates/locale/page/promises.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    page, Page:
        promises by of_group no_day;
    form, Form:
        title hint row what who by was was_hint kept still dropped new_day late no_what no_place no_group vacant whoever overtaken past;
    own, Own:
        link link_line title whose lead none of late inherited said done moved dropped day words words_hint button saved_done saved_moved saved_dropped overtaken choose no_day past same;
    progress, Progress:
        title kept kept_one open late done dropped moved;
}
