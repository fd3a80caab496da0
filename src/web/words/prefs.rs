//! Words of the preference page and saying what one thinks: `templates/locale/page/prefs.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    often, Often:
        next next_gathering next_unknown;
    pause, Pause:
        running again;
    topics, Topics:
        summary summary_followed part parts by_place brings_hint brings_nothing brings_one brings_few brings_a_month;
    preview, Preview:
        title basis_saved basis_tried nothing not_settled on_its_way no_letters restricted more_one more_other closing_one closing_other items_none short button;
    note, Note:
        nothing tried undo undone too_late overtaken;
    change, Change:
        title follow unfollow mute unmute mute_kind unmute_kind cadence language cap_one cap cap_forum pause pause_end by_forum undone;
    learned, Learned:
        title more_kind less_kind more_term less_term nothing effect kept forget switch_off switch_on is_off forum_off now_on now_off forgotten;
    answer, Answer:
        rather_hit rather_miss not_kept sums_only will_not_keep;
    colleague, Colleague:
        title hint who button done;
}
