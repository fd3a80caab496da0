//! What pages say, in three languages: `templates/locale/page.{nb,nn,en}.toml`, typed, so that a word that is
//! missing in one language is found when the program starts and one that is missing in the code when it is compiled.
//!
//! An area of pages keeps its own words in `templates/locale/page/<area>.{nb,nn,en}.toml` and in a file beside this one;
//! templates find them as `words.<area>.<section>.<word>`.

mod access;
mod archive;
mod desk;
mod effects;
mod hits;
mod mail;
mod mailing;
mod merging;
mod organisation;
mod part;
mod people;
mod prefs;
mod progress;
mod promises;
mod queue;
mod settings;
pub(super) mod statements;
mod table;
mod topics;

pub(in crate::web) use desk::Accounts as AccountWords;
pub(in crate::web) use effects::Desk as EffectsDesk;
pub(in crate::web) use hits::Page as HitsWords;
pub(in crate::web) use mail::{
    Domain as MailDomain, Relay as MailRelay, Returned as MailReturned, Sender as MailSender,
    Sending as MailSending,
};
pub(in crate::web) use part::Help as PartHelp;
pub(in crate::web) use people::Import as PeopleImport;
pub(in crate::web) use prefs::Preview as PrefsPreview;
pub(in crate::web) use progress::Goals as GoalWords;
pub(in crate::web) use queue::{Late as QueueLate, Note as QueueNote};
pub(in crate::web) use settings::{
    Keeping as KeepingWords, Look as LookWords, Record as RecordWords, Screening as ScreeningWords,
    Sender as SenderWords, Words as SettingsWords,
};

use std::collections::BTreeMap;

use rust_embed::RustEmbed;
use toml::Table;

use crate::forum::{Cadence, Facet, Kind, Language, OrganisationKind, Position};
use table::{take_all, words};

/// A template or a file of words that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("templates/{name}: {message}")]
pub struct TemplateError {
    pub(super) name: String,
    pub(super) message: String,
}

/// The areas of pages that keep their words in files of their own.
const AREAS: [&str; 18] = [
    "access",
    "archive",
    "desk",
    "effects",
    "hits",
    "mail",
    "mailing",
    "merging",
    "organisation",
    "part",
    "people",
    "prefs",
    "progress",
    "promises",
    "queue",
    "settings",
    "statements",
    "topics",
];

// The areas lie on the heap: read by value, a thousand words would not fit the stack of a thread.
words! {
    Words {
        kind: BTreeMap<Kind, String>,
        kinds: BTreeMap<Kind, String>,
        cadence: BTreeMap<Cadence, String>,
        language: BTreeMap<Language, String>,
        facet: BTreeMap<String, String>,
        position: BTreeMap<Position, String>,
        because: BTreeMap<String, String>,
        state: BTreeMap<String, String>,
        access: Box<access::Words>,
        archive: Box<archive::Words>,
        desk: Box<desk::Words>,
        effects: Box<effects::Words>,
        hits: Box<hits::Words>,
        mail: Box<mail::Words>,
        mailing: Box<mailing::Words>,
        merging: Box<merging::Words>,
        organisation: Box<organisation::Words>,
        part: Box<part::Words>,
        people: Box<people::Words>,
        prefs: Box<prefs::Words>,
        progress: Box<progress::Words>,
        promises: Box<promises::Words>,
        queue: Box<queue::Words>,
        settings: Box<settings::Words>,
        statements: Box<statements::Words>,
        topics: Box<topics::Words>,
    }
    frame, Frame:
        skip privacy accessibility language;
    unsubscribe, Unsubscribe:
        title ask whose_before whose_after button rather done done_before done_after forgotten regret undo again back back_line;
    preferences, Preferences:
        title whose_before whose_after saved saved_when unsubscribed cadence cap cap_hint cap_default cap_some pause pause_hint pause_error language topics topics_hint held follow mute kinds kinds_hint required save unsubscribe error error_unknown;
    item, Item:
        calendar share not_for_me register contact from when place due deadline met achieved how next why clock;
    not_for_me, NotForMe:
        title whose_before whose_after because required or only_this hide_term hide_kind undoable done done_only done_term done_chosen done_such done_kind done_but change;
    answer, Answer:
        whose_before whose_after hit hit_button miss miss_button hit_done miss_done used_for;
    privacy, Privacy:
        title controller contact unset purpose purpose_text basis data data_text tracking tracking_text kept rights rights_text;
    share, Share:
        copy copy_hint;
    front, Front:
        title lead open_items none lead_here;
    error, Error:
        incident not_found not_found_line not_found_desk gone gone_line withdrawn withdrawn_line cancelled cancelled_line cancelled_next restricted restricted_line restricted_next not_yours not_yours_line not_yours_next signed_out unproved nothing_done held held_apart held_copy not_held files_again try_again sign_in_again send_again typed file_again no_right no_right_line bound_line method method_line too_large too_large_line bad_form bad_form_line cross_site cross_site_line cross_site_desk too_many too_many_line timeout timeout_line no_forum no_forum_line no_forum_next broken broken_line;
    reason, Reason:
        chosen chosen_all chosen_seat own_role equal under above you_chosen_group you_chosen you_chosen_all you_fits you_equal you_under you_above hide_such;
    inbox, Inbox:
        title letters who public invented lead edition daily weekly monthly gathering urgent count_letters count_distinct count_items count_nothing to subject state items_one items_other nothing nothing_none nothing_status nothing_paused nothing_new empty empty_line html text source why_title carried frame_title person back matrix_lead mark_required mark_audience mark_interest mark_carried legend_required legend_audience legend_interest legend_carried person_name got got_none not_got place role follows mutes often language coming no_letter demo_hint parts sides headline kept_here kept_lead kept_open notes notes_hint;
}

#[derive(RustEmbed)]
#[folder = "templates/locale"]
struct Files;

impl Words {
    /// The words of `language`.
    pub(super) fn load(language: Language) -> Result<Words, TemplateError> {
        let mut table = read_table(&format!("page.{language}.toml"))?;
        for area in AREAS {
            let own = read_table(&format!("page/{area}.{language}.toml"))?;
            table.insert(area.to_owned(), own.into());
        }
        let fail = |message: String| TemplateError {
            name: format!("locale, words of pages in {language}"),
            message,
        };
        let words: Words = take_all(table).map_err(fail)?;
        if words.kind.len() != Kind::ALL.len() || words.kinds.len() != Kind::ALL.len() {
            return Err(fail("[kind] and [kinds] name all eight kinds".to_owned()));
        }
        if words.effects.organisations.len() != OrganisationKind::ALL.len() {
            return Err(fail("[effects.organisations] names all ten kinds of organisation".to_owned()));
        }
        Ok(words)
    }

    /// What one item of `kind` is called.
    pub(super) fn kind_of(&self, kind: Kind) -> &str {
        self.kind.get(&kind).map_or(kind.word(), String::as_str)
    }

    /// What items of `kind` are called.
    pub(super) fn kinds_of(&self, kind: Kind) -> &str {
        self.kinds.get(&kind).map_or(kind.word(), String::as_str)
    }

    /// What minutes answer, in the order of their form.
    pub(super) fn questions(&self) -> [&str; 4] {
        let words = &self.item;
        [&words.achieved, &words.how, &words.next, &words.why].map(String::as_str)
    }

    /// What a delivery's state is called.
    pub(super) fn state_of<'a>(&'a self, word: &'a str) -> &'a str {
        self.state.get(word).map_or(word, String::as_str)
    }

    /// What stands over terms of all other facets.
    pub(super) fn facet_other(&self) -> &str {
        self.facet.get("other").map_or("", String::as_str)
    }

    /// What the facet is called.
    pub(super) fn facet_of(&self, facet: Facet) -> &str {
        self.facet.get(facet.word()).map_or(facet.word(), String::as_str)
    }
}

fn read_table(name: &str) -> Result<Table, TemplateError> {
    let fail = |message: String| TemplateError { name: format!("locale/{name}"), message };
    let file = Files::get(name).ok_or_else(|| fail("is missing".to_owned()))?;
    let text = std::str::from_utf8(&file.data).map_err(|e| fail(e.to_string()))?;
    toml::from_str(text).map_err(|e| fail(e.to_string()))
}

/// `text` with each `{name}` replaced by its value. Values are not looked through again.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = after.split_once('}').and_then(|(name, behind)| {
            values.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value, behind))
        });
        let (value, behind) = found.unwrap_or(("{", after));
        out.push_str(value);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// "1 sak" or "3 saker".
pub(super) fn counted(one: &str, many: &str, count: usize) -> String {
    fill(if count == 1 { one } else { many }, &[("count", &count.to_string())])
}
