//! What a person changed on the preference page: purely, from what the page showed and what came back.

use chrono::{Days, NaiveDate};

use crate::forum::{Cadence, Facet, Forum, Kind, Language, Recipient, Term};
use crate::store::{PreferenceChanges, TermName};

/// The facets whose terms the page shows.
pub const FACETS: [Facet; 3] = [Facet::Sector, Facet::Group, Facet::Role];

/// The greatest numbers of items that the page offers besides the forum's own.
pub const CAPS: [u32; 5] = [3, 5, 7, 10, 15];

/// The longest pause, in days.
pub const LONGEST_PAUSE_DAYS: u64 = 366;

/// A form as it came back. The `had_` fields are what the page showed: only what differs from them changes, so that what was
/// chosen elsewhere in between survives. A form without them says what is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are the form's, as the page names them")]
pub struct Form {
    pub follow: Vec<String>,
    pub had_follow: Vec<String>,
    pub mute: Vec<String>,
    pub had_mute: Vec<String>,
    pub mute_kind: Vec<String>,
    pub had_mute_kind: Vec<String>,
    pub cadence: Option<String>,
    pub had_cadence: Option<String>,
    pub language: Option<String>,
    pub had_language: Option<String>,
    /// A number, or empty for the forum's own. A list, because an empty field is not an absent one.
    pub cap: Vec<String>,
    pub had_cap: Vec<String>,
    /// The last day of the pause, or empty for none.
    pub pause_until: Vec<String>,
    pub had_pause_until: Vec<String>,
    /// Given by the script that refreshes the preview: it wants that part of the page alone.
    pub part: Option<String>,
}

/// Why a form changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// A term, kind, cadence or number that is not there.
    #[error("\"{0}\" is not among the choices")]
    Unknown(String),
    /// The pause is no day to come.
    #[error("\"{0}\" is no day of the coming year")]
    Pause(String),
}

/// What becomes different if `form` comes back from `recipient` on the local day `today`.
pub fn read_form(
    forum: &Forum,
    recipient: &Recipient,
    form: &Form,
    today: NaiveDate,
) -> Result<PreferenceChanges, FormError> {
    let begun = |wanted: &[String], had: &[String]| {
        wanted
            .iter()
            .filter(|t| !had.contains(t))
            .map(|t| read_choice(forum, t))
            .collect::<Result<Vec<_>, _>>()
    };
    let ended = |had: &[String], wanted: &[String]| {
        had.iter().filter(|t| !wanted.contains(t)).map(|t| read_term(forum, t)).collect::<Result<Vec<_>, _>>()
    };
    let kinds = |wanted: &[String], had: &[String]| {
        wanted.iter().filter(|k| !had.contains(k)).map(|k| read_kind(k)).collect::<Result<Vec<_>, _>>()
    };
    Ok(PreferenceChanges {
        follow: begun(&form.follow, &form.had_follow)?,
        unfollow: ended(&form.had_follow, &form.follow)?,
        mute: begun(&form.mute, &form.had_mute)?,
        unmute: ended(&form.had_mute, &form.mute)?,
        mute_kinds: kinds(&form.mute_kind, &form.had_mute_kind)?,
        unmute_kinds: kinds(&form.had_mute_kind, &form.mute_kind)?,
        cadence: read_cadence(forum, recipient, chosen(form.cadence.as_ref(), form.had_cadence.as_ref()))?,
        language: read_language(recipient, chosen(form.language.as_ref(), form.had_language.as_ref()))?,
        cap: read_cap(recipient, chosen(form.cap.first(), form.had_cap.first()))?,
        paused_until: read_pause(
            recipient,
            chosen(form.pause_until.first(), form.had_pause_until.first()),
            today,
        )?,
    })
}

/// What came back of a field that holds one value, unless it is what the page showed.
fn chosen<'a>(wanted: Option<&'a String>, had: Option<&String>) -> Option<&'a str> {
    wanted.filter(|wanted| had != Some(*wanted)).map(String::as_str)
}

/// A term that may be chosen on the page.
fn read_choice(forum: &Forum, text: &str) -> Result<TermName, FormError> {
    let name = read_term(forum, text)?;
    let offered = FACETS.iter().any(|facet| facet.word() == name.facet);
    if offered { Ok(name) } else { Err(FormError::Unknown(text.to_owned())) }
}

/// A term of any facet: marks on others, made elsewhere, may still be taken away.
fn read_term(forum: &Forum, text: &str) -> Result<TermName, FormError> {
    let unknown = || FormError::Unknown(text.to_owned());
    let term: Term = text.parse().map_err(|_| unknown())?;
    if forum.terms.find(&term).is_none() {
        return Err(unknown());
    }
    Ok(name_of(&term))
}

/// The term as the store names it.
pub fn name_of(term: &Term) -> TermName {
    TermName { facet: term.facet.word().to_owned(), slug: term.slug.clone() }
}

fn read_kind(text: &str) -> Result<String, FormError> {
    let kind: Kind = text.parse().map_err(|_| FormError::Unknown(text.to_owned()))?;
    Ok(kind.word().to_owned())
}

/// The cadences that the forum offers: those with a time.
pub fn list_cadences(forum: &Forum) -> Vec<Cadence> {
    [Cadence::Daily, Cadence::Weekly, Cadence::Monthly, Cadence::Gathering]
        .into_iter()
        .filter(|cadence| forum.settings.has_times(*cadence))
        .collect()
}

fn read_cadence(
    forum: &Forum,
    recipient: &Recipient,
    text: Option<&str>,
) -> Result<Option<String>, FormError> {
    let Some(text) = text else { return Ok(None) };
    let unknown = || FormError::Unknown(text.to_owned());
    let cadence: Cadence = text.parse().map_err(|_| unknown())?;
    if cadence == recipient.cadence {
        return Ok(None);
    }
    if !list_cadences(forum).contains(&cadence) {
        return Err(unknown());
    }
    Ok(Some(cadence.word().to_owned()))
}

fn read_language(recipient: &Recipient, text: Option<&str>) -> Result<Option<String>, FormError> {
    let Some(text) = text else { return Ok(None) };
    let language: Language = text.parse().map_err(|_| FormError::Unknown(text.to_owned()))?;
    Ok((language != recipient.language).then(|| language.tag().to_owned()))
}

fn read_cap(recipient: &Recipient, text: Option<&str>) -> Result<Option<Option<i64>>, FormError> {
    let Some(text) = text else { return Ok(None) };
    let cap: Option<u32> = match text.trim() {
        "" => None,
        number => match number.parse() {
            Ok(n) if (1..=100).contains(&n) => Some(n),
            _ => return Err(FormError::Unknown(text.to_owned())),
        },
    };
    Ok((cap != recipient.cap).then(|| cap.map(i64::from)))
}

/// The page asks for the last day of the pause; the row keeps the first day after it.
fn read_pause(
    recipient: &Recipient,
    text: Option<&str>,
    today: NaiveDate,
) -> Result<Option<Option<NaiveDate>>, FormError> {
    let Some(text) = text else { return Ok(None) };
    let until = match text.trim() {
        "" => None,
        day => {
            let wrong = || FormError::Pause(text.to_owned());
            let last: NaiveDate = day.parse().map_err(|_| wrong())?;
            let longest = today.checked_add_days(Days::new(LONGEST_PAUSE_DAYS)).ok_or_else(wrong)?;
            if last < today || last > longest {
                return Err(wrong());
            }
            Some(last.succ_opt().ok_or_else(wrong)?)
        }
    };
    let current = recipient.paused_until.filter(|day| *day > today);
    Ok((until != current).then_some(until))
}

/// The last day of a running pause, as the page shows it.
pub fn last_day_of_pause(recipient: &Recipient, today: NaiveDate) -> Option<NaiveDate> {
    recipient.paused_until.filter(|day| *day > today)?.pred_opt()
}
