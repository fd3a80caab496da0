//! Replacing a holder in two clicks: who has the place now, then what welcomes them, as it would be sent.

use axum::response::Response;
use axum_extra::extract::Form;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::place::{Fields, Sent, answer, find, refuse, represents_union};
use super::told::{Place, Teller, span_of};
use crate::forum::{UnionGround, tell_too_long};
use crate::ids::SeatId;
use crate::intake::places::{SeatingError, Successor, name_standing};
use crate::pipeline::{NO_TOKEN, Welcome};
use crate::store::{PlaceRow, Span};
use crate::web::calling::call;
use crate::web::inbox::framed;
use crate::web::mailbox::take_apart;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing, read_successor};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// A letter's text without the room of its links' tokens. Lines that are drawn with the same sign stay.
fn without_tokens(text: &str) -> String {
    text.replace(&format!("/{NO_TOKEN}"), "/…")
}

/// Who has the place now, and from when until when.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    name: String,
    email: String,
    from: String,
    until: String,
    /// On what ground it is stored that they sit for a union.
    ground: String,
    /// Names what was shown of the place.
    seen: String,
}

impl Said {
    fn fields(&self) -> Fields {
        Fields {
            name: self.name.clone(),
            email: self.email.clone(),
            from: self.from.clone(),
            until: self.until.clone(),
            ground: self.ground.clone(),
        }
    }
}

#[derive(Serialize)]
struct Page {
    place: Place,
    /// Names what is shown of the place.
    seen: String,
    fields: Fields,
    who: String,
    /// What happens, in sentences.
    lines: Vec<String>,
    letter: LetterView,
}

/// The letter that welcomes whoever gets the place.
#[derive(Default, Serialize)]
struct LetterView {
    subject: String,
    /// The successor's, in which subject and text are.
    language: String,
    text: String,
    /// Where its HTML stands alone, for a frame.
    frame: String,
    day: String,
    /// Why there is no letter to show; empty: there is one.
    no_letter: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_welcome.html";
}

/// What was said, as far as it can be used.
struct Wish {
    successor: Successor,
    span: Span,
    from: DateTime<Utc>,
    /// Of a union's place.
    ground: Option<UnionGround>,
}

/// What is wrong with what was said, and at which field.
type Wrong = (Option<&'static str>, String);

/// What was said of the place with these rows: who represents a union there does so on some ground.
async fn read(
    reading: &Reading,
    staff: &Staff,
    rows: &[PlaceRow],
    said: &Said,
) -> Result<Result<Wish, Wrong>, Refusal> {
    Ok(judge(reading, staff, represents_union(reading, rows).await?, said))
}

fn judge(reading: &Reading, staff: &Staff, union: bool, said: &Said) -> Result<Wish, Wrong> {
    let words = &reading.0.words(staff.language).people.note;
    let ground = UnionGround::from_word(&said.ground).filter(|_| union);
    if tell_too_long("name", said.name.trim()).is_some() {
        return Err((Some("name"), words.long_name.clone()));
    }
    let successor = read_successor(&said.name, &said.email);
    let successor = successor.ok_or_else(|| (Some("email"), words.address.clone()))?;
    let wrong_days = || (Some("days"), words.day.clone());
    let (from, until) = span_of(staff, &said.from, &said.until).map_err(|()| wrong_days())?;
    // The day that it is has begun: from now on.
    let now = reading.0.now();
    let from = from.filter(|from| *from > now).unwrap_or(now);
    if until.is_some_and(|until| until <= from) {
        return Err(wrong_days());
    }
    if union && ground.is_none() {
        return Err((Some("ground"), words.ground.clone()));
    }
    Ok(Wish { successor, span: (Some(from), until), from, ground })
}

/// POST: what welcomes them and what else happens; nothing is changed, but the log tells of a look into a letter, and of who
/// is bound to an organisation and named an address that is not one of its people's.
pub(super) async fn preview(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let rows = find(&reading, &staff, id).await?;
    let sent = Sent::Successor(said.fields());
    let wish = match read(&reading, &staff, &rows, &said).await? {
        Ok(wish) => wish,
        Err(wrong) => return refuse(&reading, &staff, id, &sent, wrong).await,
    };
    writing.note_tried(&staff, SeatId(id), &wish.successor).await?;
    if !writing.may_seat(&staff, &wish.successor).await? {
        let wrong = (Some("email"), reading.0.words(staff.language).people.note.elsewhere.clone());
        return refuse(&reading, &staff, id, &sent, wrong).await;
    }
    // A letter may hold what only its reader may know.
    let welcome = match staff.reach.is_bound() {
        true => None,
        false => Some(writing.look_at_welcome(&staff, &rows, &wish.successor, wish.from).await?),
    };
    let is_letter = matches!(welcome, Some(Welcome::Letter(..)));
    let teller = Teller { reading: &reading, staff: &staff };
    let page = Page {
        lines: list_consequences(&teller, &rows, &wish, is_letter).await?,
        who: who_is(&reading, &staff, &wish.successor).await?,
        place: teller.places(&rows).swap_remove(0),
        seen: name_standing(&rows),
        fields: said.fields(),
        letter: show_letter(&writing, &staff, id, welcome).await,
    };
    reading.0.desk_page(&staff, &page)
}

/// The letter that welcomes them, kept for its frame; or why there is none. None: it is not for who looks to see.
async fn show_letter(writing: &Writing, staff: &Staff, id: i64, welcome: Option<Welcome>) -> LetterView {
    let reading = writing.reading();
    let words = &reading.0.words(staff.language).people.place;
    let without = |why: &String| LetterView { no_letter: why.clone(), ..LetterView::default() };
    let (at, bytes) = match welcome {
        Some(Welcome::Letter(at, bytes)) => (at, bytes),
        None => return without(&words.welcome_unseen),
        Some(Welcome::Nothing) => return without(&words.welcome_nothing),
        Some(Welcome::NoLetters) => return without(&words.welcome_none),
    };
    let mail = take_apart(&bytes);
    let parts = mail.map(|mail| (mail.subject, mail.language, without_tokens(&mail.text)));
    let (subject, language, text) = parts.unwrap_or_default();
    let name = writing.keep_shown(staff, bytes).await;
    LetterView {
        subject,
        language,
        text,
        frame: format!("/desk/places/{id}/welcome/{name}"),
        day: reading.0.pen(&staff.forum, staff.language).weekday_and_day(at),
        no_letter: String::new(),
    }
}

/// GET: the HTML alone of the letter that was shown just now, for the frame.
pub(super) async fn show_frame(
    reading: Reading,
    staff: Staff,
    Path((_, letter)): Path<(i64, String)>,
) -> Result<Response, Refusal> {
    let shown = reading.find_shown(&staff, &letter).await;
    let mail = shown.and_then(|bytes| take_apart(&bytes));
    Ok(framed(mail.ok_or_else(|| staff.nothing_there())?))
}

/// What whoever gets the place is called: as they are here, if they are.
async fn who_is(reading: &Reading, staff: &Staff, successor: &Successor) -> Result<String, Refusal> {
    let known = reading.find_person(&staff.forum, &successor.address).await?;
    let name = known.as_ref().map_or(&successor.name, |person| &person.name);
    Ok(call(name, known.as_ref().map_or(successor.address.as_str(), |person| person.email.as_str()))
        .to_owned())
}

/// Who loses the place and when; whether the successor is new here, and that their letter was looked into if one is shown.
async fn list_consequences(
    teller: &Teller<'_>,
    rows: &[PlaceRow],
    wish: &Wish,
    is_letter: bool,
) -> Result<Vec<String>, Refusal> {
    let words = &teller.reading.0.words(teller.staff.language).people.place;
    let pen = teller.reading.0.pen(&teller.staff.forum, teller.staff.language);
    let day = pen.day(wish.from);
    let still = rows.iter().filter(|row| row.held_until.is_none_or(|until| wish.from < until));
    let holders = still.filter_map(|row| teller.holder(row));
    let mut lines: Vec<String> =
        holders.map(|holder| fill(&words.loses, &[("name", &holder.name), ("day", &day)])).collect();
    let known = teller.reading.find_person(&teller.staff.forum, &wish.successor.address).await?;
    let given = &wish.successor.address;
    if let Some(moved) = known.as_ref().filter(|person| person.email != *given) {
        let told = [("address", given.as_str()), ("present", moved.email.as_str())];
        lines.push(fill(&words.moved, &told));
    }
    if let Some(ground) = wish.ground {
        let told = match ground {
            UnionGround::Consent => &words.ground_consent,
            UnionGround::Published => &words.ground_published,
        };
        lines.push(fill(&words.ground_kept, &[("ground", told)]));
    }
    match known {
        Some(person) => {
            let name = call(&person.name, person.email.as_str()).to_owned();
            lines.push(fill(&words.known, &[("name", &name), ("day", &day)]));
            let other =
                Some(&wish.successor.name).filter(|other| !other.is_empty() && **other != person.name);
            let told = |other| fill(&words.other_name, &[("name", &name), ("other", other)]);
            lines.extend(other.map(|other| told(other.as_str())));
            let logged = &teller.reading.0.words(teller.staff.language).mailing.letter.logged;
            lines.extend(is_letter.then(|| logged.clone()));
        }
        None => {
            let name = call(&wish.successor.name, wish.successor.address.as_str()).to_owned();
            lines.push(fill(&words.new, &[("name", &name), ("day", &day)]));
        }
    }
    Ok(lines)
}

/// POST: gives them the place.
pub(super) async fn confirm(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let rows = find(&reading, &staff, id).await?;
    let sent = Sent::Successor(said.fields());
    let wish = match read(&reading, &staff, &rows, &said).await? {
        Ok(wish) => wish,
        Err(wrong) => return refuse(&reading, &staff, id, &sent, wrong).await,
    };
    // What somebody gets, and whether they get anything, is not for an employer to know.
    let done = match staff.reach.is_bound() {
        true => "given",
        false => done_with(&writing.welcome(&staff, &rows, &wish.successor, wish.from).await?),
    };
    let place = (SeatId(id), said.seen.as_str());
    let given = writing.replace_holder(&staff, place, &wish.successor, (wish.span, wish.ground)).await?;
    let Err(error) = given else { return Ok(reading.0.go_to(&format!("/desk/places/{id}?done={done}"))) };
    if let SeatingError::HasIt(address) = &error {
        let teller = Teller { reading: &reading, staff: &staff };
        let rows = find(&reading, &staff, id).await?;
        // Who has it just so has it by the first of two presses.
        if rows.iter().any(|row| teller.holds_so(row, address, wish.span)) {
            return Ok(reading.0.go_to(&format!("/desk/places/{id}?done={done}")));
        }
    }
    writing.note_tried(&staff, SeatId(id), &wish.successor).await?;
    answer(&reading, &staff, id, &sent, &error).await
}

/// What the place's page is told of who has it now: whether a letter welcomes them.
fn done_with(welcome: &Welcome) -> &'static str {
    match welcome {
        Welcome::Letter(..) => "replaced",
        Welcome::Nothing => "replaced-nothing",
        Welcome::NoLetters => "replaced-silent",
    }
}
