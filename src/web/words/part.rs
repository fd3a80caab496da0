//! Words of taking part: events, requests, sending something in: `templates/locale/page/part.{nb,nn,en}.toml`.

super::words! {
    Words {}
}
