//! Words of doors: sign-up, devices, leaving, one's own data: `templates/locale/page/access.{nb,nn,en}.toml`.

super::words! {
    Words {}
    nav, Nav:
        label items preferences data sign_out signed_in;
    link, Link:
        title lead whose_before whose_after email email_error button no_password sent sent_line sent_to_before sent_to_after sent_hint open_anyway;
    open, Open:
        title whose_before whose_after button days spent spent_line again;
    me, Me:
        title whose_before whose_after items preferences data leave leave_line devices devices_hint unnamed here since close close_all out out_line out_all;
}
