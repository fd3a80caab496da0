//! Words of progress: `templates/locale/page/progress.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    page, Page:
        title lead goals goals_none sign reached set change of promised promised_none done done_none gained gained_none coming coming_none since since_one since_today never since_gathering long empty empty_goals empty_minutes no_groups;
    goals, Goals:
        title back_group back_progress lead stands stands_none number goal sign reached reached_hint gone save saved no_goal no_day day too_many overtaken;
}
