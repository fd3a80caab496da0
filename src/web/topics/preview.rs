//! What a change does, before it is made: numbers first, then names; and making it.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::Serialize;

use super::form::{Said, facet_of, find, page_of, standing};
use super::told::{ItemShift, Telling};
use crate::forum::Facet;
use crate::intake::forum_apply::{ApplyError, Preview};
use crate::intake::forum_file::{EditFault, TermEdit};
use crate::web::once::token_of;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::site::{PAGE_LASTS, Reading, Writing, name_press};
use crate::web::staff::Staff;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    facet: &'static str,
    slug: String,
    title: String,
    /// What becomes different, in sentences.
    lines: Vec<String>,
    /// How many get more, how many less, in words.
    sums: Vec<String>,
    items: Vec<ItemShift>,
    /// How many more items there are, in words; empty if none.
    items_more: String,
    /// What stands in the way, in sentences; empty: nothing.
    in_the_way: Vec<String>,
    /// Items in the way: slug and title.
    items_in_the_way: Vec<(String, String)>,
    /// What would become different besides, once nothing is in the way, in sentences.
    besides: Vec<String>,
    /// It was shown before, and is something else by now.
    anew: bool,
    said: Said,
}

impl Content for Page {
    const TEMPLATE: &'static str = "topics_preview.html";
}

/// POST: what a new one would do; nothing is changed.
pub(super) async fn show_new(
    reading: Reading,
    staff: Staff,
    Path(facet): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let facet = facet_of(&staff, &facet)?;
    preview(&reading, &staff, (facet, ""), Said { take: String::new(), ..said }, false).await
}

/// POST: what a change would do; nothing is changed.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path((facet, slug)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let facet = facet_of(&staff, &facet)?;
    find(&staff, facet, &slug)?;
    preview(&reading, &staff, (facet, &slug), Said { take: String::new(), ..said }, false).await
}

/// POST: what hangs on it, and what would become different without it; nothing is changed.
pub(super) async fn show_taking_away(
    reading: Reading,
    staff: Staff,
    Path((facet, slug)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let facet = facet_of(&staff, &facet)?;
    find(&staff, facet, &slug)?;
    let said = Said { take: "yes".to_owned(), ..Said::default() };
    preview(&reading, &staff, (facet, &slug), said, false).await
}

/// POST: what would become different if it were another topic from now on; nothing is changed.
pub(super) async fn show_folding(
    reading: Reading,
    staff: Staff,
    Path((facet, slug)): Path<(String, String)>,
    Form(Said { into, .. }): Form<Said>,
) -> Result<Response, Refusal> {
    let facet = facet_of(&staff, &facet)?;
    find(&staff, facet, &slug)?;
    if into.is_empty() || facet != Facet::Sector {
        let form = standing(&reading, &staff, (facet, &slug)).await?.with_nothing_to_fold_into();
        return Ok(unprocessable(reading.0.desk_page(&staff, &form)?));
    }
    preview(&reading, &staff, (facet, &slug), Said { into, ..Said::default() }, false).await
}

/// POST: does what was shown; if it is something else by now, it is shown again. Pressed twice, it is done once.
pub(super) async fn confirm(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let facet = facet_of(&staff, &said.facet)?;
    let slug = said.slug.clone();
    let edit = read(&reading, &said, (facet, &slug)).await?;
    let (token, what) = (token_of(&said.token), serde_json::to_string(&said)?);
    let name = name_press(&["topics", &staff.actor(), &token, &what]);
    let own = (staff.clone(), slug.clone(), said.seen.clone());
    let confirm = move |writing: Writing| async move {
        let (staff, slug, seen) = own;
        if !slug.is_empty() {
            find(&staff, facet, &slug).map_err(Stop::Refused)?;
        }
        let made = Box::pin(writing.edit_forum(&staff, &edit, &seen)).await;
        made.map(|_| String::new()).map_err(Stop::Not)
    };
    match writing.press_once((name, PAGE_LASTS), confirm).await? {
        Ok(_) => Ok(reading.0.go_to("/desk/topics?done=changed")),
        Err(Stop::Not(ApplyError::Changed | ApplyError::InUse(_) | ApplyError::Edit(_))) => {
            preview(&reading, &staff, (facet, &slug), said, true).await
        }
        Err(Stop::Not(error)) => Err(Refusal::broken(&error)),
        Err(Stop::Refused(refusal)) => Err(refusal),
    }
}

/// Why nothing was made.
enum Stop {
    Refused(Refusal),
    Not(ApplyError),
}

async fn read(reading: &Reading, said: &Said, at: (Facet, &str)) -> Result<TermEdit, Refusal> {
    let file = reading.forum_as_file().await?;
    Ok(said.read(at, |names| file.free_slug(at.0, names)))
}

async fn preview(
    reading: &Reading,
    staff: &Staff,
    (facet, slug): (Facet, &str),
    said: Said,
    anew: bool,
) -> Result<Response, Refusal> {
    let edit = read(reading, &said, (facet, slug)).await?;
    let words = &reading.0.words(staff.language).topics.one;
    let form = || page_of(reading, staff, (facet, slug), &said);
    let shown = match reading.preview_edit(&edit).await {
        Ok(shown) => shown,
        Err(ApplyError::Edit(_)) if !said.into.is_empty() => {
            let form = standing(reading, staff, (facet, slug)).await?.with_note(&words.gone);
            return Ok(unprocessable(reading.0.desk_page(staff, &form)?));
        }
        Err(ApplyError::Edit(fault)) => return tell_fault(reading, staff, form(), fault),
        Err(error) => return Err(Refusal::broken(&error)),
    };
    if shown.plan.is_empty() {
        return reading.0.desk_page(staff, &form().with_note(&words.nothing));
    }
    let page = page(reading, staff, (facet, slug), (&shown, said), anew);
    let response = reading.0.desk_page(staff, &page)?;
    Ok(if anew { overtaken(response) } else { response })
}

/// The form again, with what is wrong in it.
fn tell_fault(
    reading: &Reading,
    staff: &Staff,
    form: super::form::Page,
    fault: EditFault,
) -> Result<Response, Refusal> {
    let gone = &reading.0.words(staff.language).topics.one.gone;
    Ok(unprocessable(reading.0.desk_page(staff, &form.with_fault(fault, gone))?))
}

fn page(
    reading: &Reading,
    staff: &Staff,
    (facet, slug): (Facet, &str),
    (shown, said): (&Preview, Said),
    anew: bool,
) -> Page {
    let telling = Telling { reading, staff, shown };
    let (items, items_more) = telling.shifts();
    let (in_the_way, items_in_the_way) = telling.in_the_way();
    Page {
        facet: facet.word(),
        slug: slug.to_owned(),
        title: telling.title(facet, slug),
        lines: telling.lines(),
        sums: telling.sums(),
        items,
        items_more,
        in_the_way,
        items_in_the_way,
        besides: telling.besides(),
        anew,
        said: Said {
            facet: facet.word().to_owned(),
            slug: slug.to_owned(),
            seen: shown.binding.clone(),
            token: token_of(&said.token),
            ..said
        },
    }
}
