//! Words of accessibility, privacy: `templates/locale/page/statements.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

super::table::words! {
    Words {
        kept: BTreeMap<String, String>,
        way: BTreeMap<String, String>,
        basis: BTreeMap<String, String>,
        record_kept: BTreeMap<String, String>,
    }
    privacy, Privacy:
        own officer basis_seat basis_other basis_consent basis_union sources sources_text data_answers receivers receivers_text receivers_partners receivers_no_partners processors processors_unset receivers_asked day days cookies cookies_text complain authority;
    record, Record:
        unset purpose_text data data_text data_answers sources_text processors_unset tracking_text cookies_text rights rights_text complain;
    accessibility, Accessibility:
        title lead met met_text tried tried_pages tried_keyboard tried_letters not_met not_files not_readers not_programs tell tell_text contact unset complain complain_text authority held;
}
