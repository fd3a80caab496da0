//! Words of my items, search, feeds, attachments, sharing, and of what a public archive is given: `templates/locale/page/archive.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    list, List:
        public mine search find narrow apply kind any_kind sector any_sector group any_group year any_year month any_month month_hint told none none_hint none_at_all only_common pages next first clear all in_nb in_nn in_en;
    item, Item:
        corrected files previous related picture text calendar file;
    share, Share:
        get get_lead get_topic get_all pass_on short;
    deposit, Deposit:
        take too_large too_large_line number version written released withdrawn files;
    feeds, Feeds:
        title lead everything atom calendar public_only of mine mine_lead whose_before whose_after my_news my_calendar make made made_hint since off revoked too_many no_groups;
}
