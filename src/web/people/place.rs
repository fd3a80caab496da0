//! One place: who has it and who had it, from when until when; vacating it, and ending it.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::person::Done;
use super::told::{Holder, Place, Teller, end_at, is_union, span_of};
use crate::ids::SeatId;
use crate::intake::places::{SeatingError, name_standing};
use crate::store::PlaceRow;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// What the form for a successor holds.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Fields {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) from: String,
    pub(super) until: String,
    /// On what ground it is stored that they sit for a union.
    pub(super) ground: String,
}

/// Who has it now or later, with the days as fields hold them.
#[derive(Serialize)]
struct Current {
    holding: i64,
    holder: Holder,
    from: String,
    until: String,
    /// The fields hold what was typed, and are seen at once.
    open: bool,
}

#[derive(Serialize)]
struct Page {
    place: Place,
    /// Names what is shown of the place.
    seen: String,
    current: Vec<Current>,
    earlier: Vec<Holder>,
    fields: Fields,
    /// It represents a union: whoever gets it says on what ground that may be stored.
    union: bool,
    /// Whom the one who has it named, or an automatic answer.
    suggested: bool,
    /// The day of the form that vacates it; seen at once if that was typed.
    on: String,
    vacating: bool,
    note: String,
    /// What is to be put right, at its field.
    errors: BTreeMap<&'static str, String>,
    /// What stands in the way and lies in no field.
    problem: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_place.html";
}

/// The rows of a place that is there. One that is not the account's to see is not.
pub(super) async fn find(reading: &Reading, staff: &Staff, id: i64) -> Result<Vec<PlaceRow>, Refusal> {
    let mut rows = reading.place(SeatId(id)).await?;
    rows.retain(|row| staff.reach.has_organisation(&row.represents));
    if rows.is_empty() { Err(staff.nothing_there()) } else { Ok(rows) }
}

/// GET: the place.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
    Query(asked): Query<Done>,
) -> Result<Response, Refusal> {
    let rows = find(&reading, &staff, id).await?;
    let mut page = page_of(&reading, &staff, &rows).await?;
    page.note = tell_done(&Teller { reading: &reading, staff: &staff }, &asked.done, &rows);
    reading.0.desk_page(&staff, &page)
}

/// What was just done. From when it holds is read in the rows: a day to come is named.
fn tell_done(teller: &Teller<'_>, done: &str, rows: &[PlaceRow]) -> String {
    let words = &teller.reading.0.words(teller.staff.language).people;
    let (given, place) = (teller.given(rows), &words.place);
    let welcome = if given.is_some() { &words.note.welcome_then } else { &words.note.welcome };
    let given = given.unwrap_or_else(|| words.note.placed.clone());
    match done {
        "opened" => words.note.opened.clone(),
        "given" => given,
        "replaced" => format!("{given} {welcome}"),
        "replaced-nothing" => format!("{given} {}", place.welcome_nothing),
        "replaced-silent" => format!("{given} {}", place.welcome_none),
        "vacated" => teller.until_when(rows, &words.note.vacated, &words.note.vacated_on),
        "span" => words.note.span.clone(),
        _ => String::new(),
    }
}

async fn page_of(reading: &Reading, staff: &Staff, rows: &[PlaceRow]) -> Result<Page, Refusal> {
    let first = rows.first().ok_or_else(|| staff.nothing_there())?;
    let (teller, now) = (Teller { reading, staff }, reading.0.now());
    let is_over = |row: &&PlaceRow| row.held_until.is_some_and(|until| until <= now);
    let current = |row: &PlaceRow| {
        Some(Current {
            holding: row.holding?,
            holder: teller.holder(row)?,
            from: teller.day_field(row.held_from),
            until: teller.last_day_field(row.held_until),
            open: false,
        })
    };
    // Whom somebody names may work anywhere.
    let fields = if staff.reach.is_bound() { Fields::default() } else { suggest(reading, rows).await? };
    Ok(Page {
        seen: name_standing(rows),
        current: rows.iter().filter(|row| !is_over(row)).filter_map(current).collect(),
        earlier: rows.iter().filter(is_over).filter_map(|row| teller.holder(row)).collect(),
        suggested: !fields.email.is_empty() || !fields.name.is_empty(),
        fields: Fields { from: teller.day_field(Some(now)), ..fields },
        union: represents_union(reading, rows).await?,
        on: teller.day_field(Some(now)),
        vacating: false,
        note: String::new(),
        errors: BTreeMap::new(),
        problem: String::new(),
        place: {
            let mut place = teller.place(first);
            place.vacant = teller.places(rows).first().is_none_or(|place| place.vacant);
            place
        },
    })
}

/// Whether the place represents a union.
pub(super) async fn represents_union(reading: &Reading, rows: &[PlaceRow]) -> Result<bool, Refusal> {
    let Some(first) = rows.first() else { return Ok(false) };
    let represented = reading.organisation(&first.represents).await?;
    Ok(represented.is_some_and(|row| is_union(&row.kind)))
}

/// Whom the holder named, else an automatic answer to their letters.
async fn suggest(reading: &Reading, rows: &[PlaceRow]) -> Result<Fields, Refusal> {
    let now = reading.0.now();
    let holders = rows.iter().filter(|row| row.held_until.is_none_or(|until| now < until));
    for row in holders {
        let Some(holder) = row.holder else { continue };
        if let Some((name, email)) = reading.named_successor(row.seat, holder).await? {
            return Ok(Fields { name, email, ..Fields::default() });
        }
        if let Some(question) = reading.question_about(holder).await? {
            return Ok(Fields {
                name: question.suggested_name.unwrap_or_default(),
                email: question.suggested_email.unwrap_or_default(),
                ..Fields::default()
            });
        }
    }
    Ok(Fields::default())
}

/// What came with a form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    on: String,
    sure: String,
    holding: String,
    from: String,
    until: String,
    /// Names what was shown of the place.
    seen: String,
}

/// POST: nobody has it any more, from a day on.
pub(super) async fn vacate(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let (words, sent) = (reading.0.words(staff.language), Sent::Vacating(&said));
    let Ok(ends_at) = end_at(&reading, &staff, &said.on) else {
        let why = (Some(sent.days()), words.people.note.day.clone());
        return refuse(&reading, &staff, id, &sent, why).await;
    };
    match writing.vacate(&staff, (SeatId(id), &said.seen), ends_at).await? {
        Ok(_) => Ok(reading.0.go_to(&format!("/desk/places/{id}?done=vacated"))),
        Err(error) => answer(&reading, &staff, id, &sent, &error).await,
    }
}

/// POST: from when until when somebody has it.
pub(super) async fn set_span(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let (words, sent) = (reading.0.words(staff.language), Sent::Span(&said));
    let Ok(span) = span_of(&staff, &said.from, &said.until) else {
        let why = (Some(sent.days()), words.people.note.day.clone());
        return refuse(&reading, &staff, id, &sent, why).await;
    };
    let holding = said.holding.parse().unwrap_or_default();
    match writing.set_span(&staff, ((SeatId(id), holding), &said.seen), span).await? {
        Ok(()) => Ok(reading.0.go_to(&format!("/desk/places/{id}?done=span"))),
        Err(error) => answer(&reading, &staff, id, &sent, &error).await,
    }
}

/// POST: the place is no more, once the box beside the button says so.
pub(super) async fn close(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let rows = find(&reading, &staff, id).await?;
    if said.sure.is_empty() {
        let why = (Some("sure"), reading.0.words(staff.language).people.note.sure.clone());
        return refuse(&reading, &staff, id, &Sent::Closing, why).await;
    }
    let group = rows.first().map_or("", |row| row.group.as_str());
    match writing.close_place(&staff, (SeatId(id), &said.seen)).await? {
        Ok(_) => Ok(reading.0.go_to(&format!("/desk/groups/{group}?done=closed"))),
        Err(error) => answer(&reading, &staff, id, &Sent::Closing, &error).await,
    }
}

/// Which form of the page was sent, with what was typed into it.
pub(super) enum Sent<'a> {
    /// Who has it now.
    Successor(Fields),
    /// Other days for who has it.
    Span(&'a Said),
    /// Nobody is to have it.
    Vacating(&'a Said),
    /// The place is to go.
    Closing,
}

impl Sent<'_> {
    /// Where its days stand.
    fn days(&self) -> &'static str {
        match self {
            Sent::Successor(_) => "days",
            Sent::Span(_) => "span",
            Sent::Vacating(_) => "on",
            Sent::Closing => "sure",
        }
    }
}

impl Page {
    /// What was typed, seen at once.
    fn keep(&mut self, sent: &Sent<'_>) {
        match sent {
            Sent::Successor(fields) => self.fields = fields.clone(),
            Sent::Span(said) => {
                for own in self.current.iter_mut().filter(|own| own.holding.to_string() == said.holding) {
                    own.from.clone_from(&said.from);
                    own.until.clone_from(&said.until);
                    own.open = true;
                }
            }
            Sent::Vacating(said) => {
                self.on.clone_from(&said.on);
                self.vacating = true;
            }
            Sent::Closing => {}
        }
    }
}

/// Why a place was not changed, in words.
fn tell_refusal(teller: &Teller<'_>, error: &SeatingError) -> Result<String, Refusal> {
    let words = &teller.reading.0.words(teller.staff.language).people.note;
    Ok(match error {
        SeatingError::Store(_) => return Err(Refusal::broken(error)),
        SeatingError::EndsBefore => words.day.clone(),
        SeatingError::HasIt(_) => words.has_it.clone(),
        // To who may not know who else is here, an address that is not theirs to use is like any other.
        SeatingError::Erased if teller.staff.reach.is_bound() => words.elsewhere.clone(),
        SeatingError::Erased => words.erased.clone(),
        SeatingError::Elsewhere => words.elsewhere.clone(),
        SeatingError::NoPlace(_) | SeatingError::Changed => words.no_place.clone(),
        SeatingError::NoGround => words.ground.clone(),
        SeatingError::Overtaken => words.overtaken.clone(),
        SeatingError::Overlaps(row) => {
            let (name, span) =
                teller.holder(row).map(|holder| (holder.name, holder.span)).unwrap_or_default();
            let told = if span.is_empty() { &words.overlaps_always } else { &words.overlaps };
            fill(told, &[("name", &name), ("span", &span)])
        }
    })
}

/// The place as it stands now, with what was typed and why its rules said no.
pub(super) async fn answer(
    reading: &Reading,
    staff: &Staff,
    id: i64,
    sent: &Sent<'_>,
    error: &SeatingError,
) -> Result<Response, Refusal> {
    let why = tell_refusal(&Teller { reading, staff }, error)?;
    let field = match error {
        SeatingError::HasIt(_) | SeatingError::Erased | SeatingError::Elsewhere => Some("email"),
        SeatingError::EndsBefore | SeatingError::Overlaps(_) => Some(sent.days()),
        _ => None,
    };
    let response = refuse(reading, staff, id, sent, (field, why)).await?;
    Ok(if matches!(error, SeatingError::Overtaken) { overtaken(response) } else { response })
}

/// The place as it stands now, with what was typed and what is wrong: at the field that it lies in, else above them all.
pub(super) async fn refuse(
    reading: &Reading,
    staff: &Staff,
    id: i64,
    sent: &Sent<'_>,
    (field, why): (Option<&'static str>, String),
) -> Result<Response, Refusal> {
    let rows = find(reading, staff, id).await?;
    let mut page = page_of(reading, staff, &rows).await?;
    page.keep(sent);
    match field {
        Some(field) => drop(page.errors.insert(field, why)),
        None => page.problem = why,
    }
    Ok(unprocessable(reading.0.desk_page(staff, &page)?))
}
