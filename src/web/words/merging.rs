//! Words of merging people: `templates/locale/page/merging.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    list, List:
        title link lead none none_line looking address name near_name more apart beside;
    one, One:
        title back lead keep see see_hint apart apart_line apart_button choose unconfirmed under_way no_place;
    preview, Preview:
        title lead anew will stays retired once waiting no held_back confirm back merged;
}
