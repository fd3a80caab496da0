//! An item's rule, wired once over the inputs that it reads.

use super::inputs::{Inputs, Mark, Slot};
use super::{Block, EVERYBODY, NOBODY};
use crate::content::{Audience, Importance, Item, Visibility};
use crate::matching::Release;
use crate::matching::rule::is_open;

/// A boolean expression over inputs.
#[derive(Debug, Clone)]
pub(super) enum Gate {
    Everybody,
    Nobody,
    Input(Slot),
    Not(Box<Gate>),
    And(Vec<Gate>),
    Or(Vec<Gate>),
}

/// A term of the audience that stands under no `not`: who is it, and who mutes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub(super) is: Slot,
    pub(super) muted: Option<Slot>,
}

/// A term that the item is about: who follows it, in the three ways, and who mutes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) equal: Option<Slot>,
    pub(super) under: Option<Slot>,
    pub(super) above: Option<Slot>,
    pub(super) muted: Option<Slot>,
}

/// What lines 0 to 6 ask about one item.
#[derive(Debug, Clone)]
pub(super) struct Wiring {
    /// Line 0.
    pub(super) open: bool,
    /// Line 1.
    pub(super) active: Gate,
    /// Line 2.
    pub(super) entitled: Gate,
    /// Line 3: in the audience.
    pub(super) audience: Gate,
    /// Line 3: the audience's terms that can give a reason.
    pub(super) chosen: Vec<Chosen>,
    /// Line 3: the about-terms that can give a reason.
    pub(super) about: Vec<About>,
    /// Line 4.
    pub(super) required: bool,
    /// Line 5: the kind is muted, or all that it is about.
    pub(super) muted_whole: Gate,
    /// Has a seat in the group whose minutes it is.
    pub(super) own_minutes: Gate,
}

impl Wiring {
    pub(super) fn of(item: &Item, release: Release, inputs: &mut Inputs<'_>) -> Wiring {
        Wiring {
            open: is_open(item, inputs.now(), release),
            active: inputs.gate(Mark::Active),
            entitled: match item.visibility {
                Visibility::Public => Gate::Everybody,
                Visibility::Forum => inputs.gate(Mark::Insider),
                Visibility::Group(group) => inputs.gate(Mark::Holds(group)),
                Visibility::Only(group) => inputs.gate(Mark::SeatIn(group)),
            },
            audience: item.audience.as_ref().map_or(Gate::Nobody, |audience| wire(audience, inputs)),
            chosen: item.audience.as_ref().map_or_else(Vec::new, |audience| list_chosen(audience, inputs)),
            about: if item.interested { list_about(item, inputs) } else { Vec::new() },
            required: item.importance == Importance::Required,
            muted_whole: wire_muted_whole(item, inputs),
            own_minutes: item
                .fields
                .group_met()
                .map_or(Gate::Nobody, |group| inputs.gate(Mark::SeatIn(group))),
        }
    }
}

fn wire(audience: &Audience, inputs: &mut Inputs<'_>) -> Gate {
    match audience {
        Audience::All => Gate::Everybody,
        Audience::Term(ix) => inputs.gate(Mark::Holds(*ix)),
        Audience::Seat(group, position) => inputs.gate(Mark::SitsAs(*group, *position)),
        Audience::Not(inner) => Gate::Not(Box::new(wire(inner, inputs))),
        Audience::And(parts) => Gate::And(parts.iter().map(|part| wire(part, inputs)).collect()),
        Audience::Or(parts) => Gate::Or(parts.iter().map(|part| wire(part, inputs)).collect()),
    }
}

fn list_chosen(audience: &Audience, inputs: &mut Inputs<'_>) -> Vec<Chosen> {
    let leaves = audience.terms_under_no_not();
    let mut chosen = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let (mark, term) = match leaf {
            Audience::Term(ix) => (Mark::Holds(*ix), *ix),
            Audience::Seat(group, position) => (Mark::SitsAs(*group, *position), *group),
            _ => continue,
        };
        if let Some(is) = inputs.slot(mark) {
            chosen.push(Chosen { is, muted: inputs.slot(Mark::Mutes(term)) });
        }
    }
    chosen
}

fn list_about(item: &Item, inputs: &mut Inputs<'_>) -> Vec<About> {
    let mut about = Vec::with_capacity(item.about.len());
    for (i, &ix) in item.about.iter().enumerate() {
        let [equal, under, above] =
            [Mark::Follows(ix), Mark::FollowsAbove(ix), Mark::FollowsBelow(ix)].map(|m| inputs.slot(m));
        let followed = equal.or(under).or(above).is_some();
        if followed && !item.about[..i].contains(&ix) {
            about.push(About { equal, under, above, muted: inputs.slot(Mark::Mutes(ix)) });
        }
    }
    about
}

fn wire_muted_whole(item: &Item, inputs: &mut Inputs<'_>) -> Gate {
    let kind = inputs.gate(Mark::MutesKind(item.kind));
    let terms: Vec<Gate> = item.about.iter().map(|ix| inputs.gate(Mark::Mutes(*ix))).collect();
    let all = if terms.is_empty() { Gate::Nobody } else { Gate::And(terms) };
    Gate::Or(vec![kind, all]).settled()
}

impl Gate {
    /// The gate without parts that are known beforehand.
    fn settled(self) -> Gate {
        match self {
            Gate::And(parts) if parts.iter().any(|part| matches!(part, Gate::Nobody)) => Gate::Nobody,
            Gate::Or(parts) => {
                let mut left: Vec<Gate> = parts.into_iter().map(Gate::settled).collect();
                left.retain(|part| !matches!(part, Gate::Nobody));
                match left.len() {
                    0 => Gate::Nobody,
                    1 => left.remove(0),
                    _ => Gate::Or(left),
                }
            }
            other => other,
        }
    }

    pub(super) fn is_nobody(&self) -> bool {
        matches!(self, Gate::Nobody)
    }

    /// Who passes, among the recipients of the block whose inputs are `values`.
    pub(super) fn pass(&self, values: &[Block]) -> Block {
        match self {
            Gate::Everybody => EVERYBODY,
            Gate::Nobody => NOBODY,
            Gate::Input(slot) => values[*slot],
            Gate::Not(inner) => inner.pass(values).map(|word| !word),
            Gate::And(parts) => {
                let mut all = EVERYBODY;
                parts.iter().for_each(|part| part.join(values, &mut all, |to, from| *to &= from));
                all
            }
            Gate::Or(parts) => {
                let mut any = NOBODY;
                parts.iter().for_each(|part| part.join(values, &mut any, |to, from| *to |= from));
                any
            }
        }
    }

    /// Joins who passes into `into`, without a copy where the gate is an input.
    pub(super) fn join(&self, values: &[Block], into: &mut Block, how: impl Fn(&mut u64, u64)) {
        match self {
            Gate::Input(slot) => join(into, &values[*slot], how),
            other => join(into, &other.pass(values), how),
        }
    }
}

fn join(into: &mut Block, from: &Block, how: impl Fn(&mut u64, u64)) {
    into.iter_mut().zip(from).for_each(|(to, from)| how(to, *from));
}

impl Inputs<'_> {
    fn gate(&mut self, mark: Mark) -> Gate {
        self.slot(mark).map_or(Gate::Nobody, Gate::Input)
    }
}
