//! Words of the page of effects: `templates/locale/page/effects.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

use crate::forum::OrganisationKind;

super::table::words! {
    Words {
        organisations: BTreeMap<OrganisationKind, String>,
    }
    page, Page:
        title link period figures figures_note reader organisation organisations meeting meetings goals_of goals item items mailing mailings letter gathering gatherings came by_kind by_item group_met group_met_one group_goals sign reached gained how met minutes connections both_topics both_items published as_text;
    desk, Desk:
        title lead link unpublished published somebody command open lost lost_one corrected corrected_one line_of again text text_hint take_back take_back_hint taken_back saved days_chosen days this_year last_year twelve_months own first last days_wrong show_days told_days introduction introduction_hint introduction_long language connections connections_hint goals reached gains gain_of show_gain minutes for_everybody for_forum for_group words how how_hint own_words outdated words_none cut empty empty_line empty_progress save look wrong overtaken stands stands_none yes no take_back_overtaken lost_today lost_today_line;
    publish, Publish:
        title back lead lead_again looked_over looked_over_hint looked_over_error group_alone group_alone_hint group_alone_hint_one group_alone_error publish nothing overtaken published;
}
