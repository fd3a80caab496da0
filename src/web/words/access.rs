//! Words of doors: sign-up, devices, leaving, one's own data: `templates/locale/page/access.{nb,nn,en}.toml`.

super::words! {
    Words {}
}
