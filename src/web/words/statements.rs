//! Words of accessibility, privacy: `templates/locale/page/statements.{nb,nn,en}.toml`.

super::words! {
    Words {}
}
