//! Words of the topic editor: `templates/locale/page/topics.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::table::words! {
    Words {
        group_kind: BTreeMap<String, String>,
    }
    list, List:
        title lead changed sectors sectors_line sectors_none add_sector roles roles_line roles_none add_role groups groups_line groups_none add_group topics;
    one, One:
        back new_sector new_role new_group names names_hint name_error under under_hint under_error top kind topics topics_hint see see_hint take take_line take_button fold fold_line fold_into fold_choose fold_error fold_button nothing gone;
    preview, Preview:
        title title_new comes goes renamed moved kind sectors none top more more_one less less_one same anew effects gains gains_one loses loses_one items_more items_more_one people_more way way_line way_line_sector way_besides used_items used_items_one followed followed_one hidden hidden_one held held_one seats seats_one ended ended_one seat_topics seat_topics_one writers writers_one goals goals_one confirm confirm_take confirm_fold folds folds_marks change back kept;
}
