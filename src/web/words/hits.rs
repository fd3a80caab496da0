//! Words of samples and of how well it hits: `templates/locale/page/hits.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    sample, Sample:
        title ask yes no skip used_for thanks skipped done_yes done_no done_skipped gone read read_forum follow_line follow followed;
    page, Page:
        title lead few counting counting_line refresh empty empty_line hits hits_share hits_told hits_partial hits_nearly_all hits_hardly_any hits_few letters hits_hint mailings all months months_now months_hint row_letters row_letters_few row_told row_nearly_all row_hardly_any row_few aims aims_lead kinds topics doors door_chosen door_followed sent band band_under band_over untold_one untold aims_none missed missed_lead missed_between missed_at_most missed_at_least missed_early missed_answers missed_topics missed_hint row_between row_at_most row_at_least passed_on passed_on_told passed_on_few;
}
