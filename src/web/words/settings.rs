//! Words of the settings: `templates/locale/page/settings.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::words! {
    Words {
        weekday: BTreeMap<String, String>,
        nth: BTreeMap<String, String>,
    }
    page, PageWords:
        title lead saved wrong save file file_line;
    forum, Forum:
        title name name_hint name_error language language_hint;
    rhythms, Rhythms:
        title hint on days days_monthly nth time next none own keep error none_error used;
    breaks, Breaks:
        title holidays pause pause_hint first last pause_number error;
    letter, Letter:
        title cap cap_hint cap_error learning learning_hint;
}
