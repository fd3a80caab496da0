//! Words of the preference page and saying what one thinks: `templates/locale/page/prefs.{nb,nn,en}.toml`.

super::words! {
    Words {}
}
