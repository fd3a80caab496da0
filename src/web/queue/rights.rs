//! What an account may see of items, change and send, by its rights and its groups (DESIGN, section 6).

use crate::content::{Audience, Fields, Importance, Item, Lane, Visibility};
use crate::forum::{Facet, Kind, Term, TermIx};
use crate::intake::item_form::ItemForm;
use crate::staff::Right;
use crate::web::staff::Staff;

/// Whether the account sees the item at the desk: who writes for groups alone sees what they wrote, whoever sent it, and
/// what concerns those groups.
pub(in crate::web) fn may_see(staff: &Staff, item: &Item) -> bool {
    !staff.writes_for_groups_only() || staff.written.contains(&item.id) || concerns_own(staff, item)
}

/// Whether the account may change the item or take it back: it is the lead's, but for what goes to one's own group and is
/// no gathering of the forum, around which others get letters.
pub(super) fn may_change(staff: &Staff, item: &Item) -> bool {
    let is_gathering = matches!(item.fields, Fields::Event { gathering: true, .. });
    let is_plain = item.importance != Importance::Required && item.lane != Lane::Urgent && !is_gathering;
    let is_theirs = is_own(staff, item.audience.as_ref(), item.visibility);
    staff.may(Right::Send) || (is_plain && is_theirs && tells_of_own(staff, item.fields.group_met()))
}

/// Whether the lead must be asked: required and urgent are the lead's; who writes for groups alone reaches those alone
/// (DESIGN, section 6) and tells of their meetings alone, and a gathering of the forum sends letters to all around it.
pub(super) fn needs_lead(staff: &Staff, form: &ItemForm) -> bool {
    if staff.may(Right::Send) {
        return false;
    }
    let is_strong = form.get("importance") == "required" || form.get("lane") == "urgent";
    let is_gathering = form.get("kind") == Kind::Event.word() && form.get("gathering") == "yes";
    is_strong || (staff.writes_for_groups_only() && (is_gathering || !stays_within(staff, form)))
}

fn stays_within(staff: &Staff, form: &ItemForm) -> bool {
    let forum = &staff.forum;
    let audience = Audience::parse(form.get("audience"), &forum.terms).ok();
    let visibility = Visibility::parse(form.get("visibility"), &forum.terms).ok();
    let met = match form.kind() {
        Some(Kind::Minutes) => forum.terms.find(&Term::new(Facet::Group, form.get("group").trim())),
        _ => None,
    };
    visibility.is_some_and(|visibility| is_own(staff, audience.as_ref(), visibility))
        && tells_of_own(staff, met)
}

/// Whether the item goes to one of their own groups, and that group alone may have it.
fn is_own(staff: &Staff, audience: Option<&Audience>, visibility: Visibility) -> bool {
    let (Some(chosen), Some(wall)) = (audience.and_then(named_alone), visibility.group()) else {
        return false;
    };
    chosen == wall && leads(staff, wall)
}

/// Whether minutes are of one of their own groups, or of no group's meeting: what they tell and promise counts as the
/// group's, whoever gets them.
fn tells_of_own(staff: &Staff, met: Option<TermIx>) -> bool {
    met.is_none_or(|group| leads(staff, group))
}

/// Whether minutes of the group's meeting need nobody else: what a title names takes no right of whoever leads another.
pub(super) fn may_tell_of(staff: &Staff, group: TermIx) -> bool {
    staff.works_for_group(&staff.forum.terms.term(group).slug)
}

/// Whether the item goes to one of their own groups, is for it alone, or tells of its meeting.
fn concerns_own(staff: &Staff, item: &Item) -> bool {
    let concerned =
        [item.audience.as_ref().and_then(named_alone), item.visibility.group(), item.fields.group_met()];
    concerned.into_iter().flatten().any(|group| leads(staff, group))
}

/// The one term that an audience names, if it names one.
fn named_alone(audience: &Audience) -> Option<TermIx> {
    match audience {
        Audience::Term(term) | Audience::Seat(term, _) => Some(*term),
        _ => None,
    }
}

fn leads(staff: &Staff, group: TermIx) -> bool {
    let find = |slug: &String| staff.forum.terms.find(&Term::new(Facet::Group, slug.as_str()));
    staff.groups.iter().filter_map(find).any(|own| own == group)
}
