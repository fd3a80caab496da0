//! Words of my items, search, feeds, attachments, sharing: `templates/locale/page/archive.{nb,nn,en}.toml`.

super::words! {
    Words {}
}
