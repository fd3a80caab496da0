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

/// Whether the account may change the item or take it back: it is the lead's, but for what goes to one's own group.
pub(super) fn may_change(staff: &Staff, item: &Item) -> bool {
    let is_plain = item.importance != Importance::Required && item.lane != Lane::Urgent;
    staff.may(Right::Send) || (is_plain && is_own(staff, item.audience.as_ref(), item.visibility))
}

/// Whether the lead must be asked: required and urgent are the lead's; who writes for groups alone reaches those alone
/// (DESIGN, section 6), and a gathering of the forum sends letters to all around it.
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
    visibility.is_some_and(|visibility| is_own(staff, audience.as_ref(), visibility))
}

/// Whether the item goes to one of their own groups, and that group alone may have it.
fn is_own(staff: &Staff, audience: Option<&Audience>, visibility: Visibility) -> bool {
    let (Some(chosen), Some(wall)) = (audience.and_then(named_alone), group_of(visibility)) else {
        return false;
    };
    chosen == wall && leads(staff, wall)
}

/// Whether the item goes to one of their own groups, is for it alone, or tells of its meeting.
fn concerns_own(staff: &Staff, item: &Item) -> bool {
    let met = match item.fields {
        Fields::Minutes { group, .. } => group,
        _ => None,
    };
    let concerned = [item.audience.as_ref().and_then(named_alone), group_of(item.visibility), met];
    concerned.into_iter().flatten().any(|group| leads(staff, group))
}

/// The one term that an audience names, if it names one.
fn named_alone(audience: &Audience) -> Option<TermIx> {
    match audience {
        Audience::Term(term) | Audience::Seat(term, _) => Some(*term),
        _ => None,
    }
}

fn group_of(visibility: Visibility) -> Option<TermIx> {
    match visibility {
        Visibility::Group(group) | Visibility::Only(group) => Some(group),
        Visibility::Public | Visibility::Forum => None,
    }
}

fn leads(staff: &Staff, group: TermIx) -> bool {
    let find = |slug: &String| staff.forum.terms.find(&Term::new(Facet::Group, slug.as_str()));
    staff.groups.iter().filter_map(find).any(|own| own == group)
}
