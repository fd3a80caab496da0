//! The doors of the page of effects: what is published, what is being composed, and of what.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::prefs::Library;
use super::{Reading, Writing};
use crate::forum::Forum;
use crate::insight::effects::Effects;
use crate::intake::effects::{Draft, EffectsBy, EffectsError, save_draft, take_back};
use crate::pipeline::{Sources, compose_effects, publish_effects, read_effects};
use crate::store::{EffectPageRow, GoalRow, GroupRow};
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

/// All that a page of effects is made of.
pub(in crate::web) struct Material {
    /// The forum with its items.
    pub(in crate::web) library: Arc<Library>,
    groups: Vec<GroupRow>,
    goals: Vec<GoalRow>,
    now: DateTime<Utc>,
}

impl Material {
    /// The same, to be chosen from.
    pub(in crate::web) fn sources(&self) -> Sources<'_> {
        Sources {
            forum: &self.library.forum,
            items: &self.library.items,
            groups: &self.groups,
            goals: &self.goals,
            now: self.now,
        }
    }
}

impl Reading {
    /// Whether a page of effects is published.
    pub(in crate::web) async fn has_effects(&self) -> Result<bool, Refusal> {
        Ok(self.store().has_effects().await?)
    }

    /// The page as it is composed and as it is published.
    pub(in crate::web) async fn effect_page(&self) -> Result<EffectPageRow, Refusal> {
        Ok(self.store().get_effect_page().await?)
    }

    /// The page that is published; none, if none is.
    pub(in crate::web) async fn effects(
        &self,
        forum: &Forum,
        row: &EffectPageRow,
    ) -> Result<Option<Effects>, Refusal> {
        Ok(read_effects(forum, row, &self.store().list_effect_lines().await?))
    }

    /// All that a page is made of.
    pub(in crate::web) async fn effect_material(&self) -> Result<Material, Refusal> {
        Ok(Material {
            library: self.library().await?,
            groups: self.group_rows().await?,
            goals: self.goals().await?,
            now: self.0.now(),
        })
    }

    /// The page that a draft makes of it.
    pub(in crate::web) async fn compose_effects(
        &self,
        material: &Material,
        draft: &Draft,
    ) -> Result<Effects, Refusal> {
        Ok(compose_effects(self.store(), material.sources(), draft).await?)
    }
}

impl Writing {
    /// Keeps what the form says, if the page stands as it was shown.
    pub(in crate::web) async fn save_effects(
        &self,
        staff: &Staff,
        seen: &str,
        draft: &Draft,
    ) -> Result<Result<(), EffectsError>, Refusal> {
        let (actor, now) = (staff.actor(), self.0.now());
        told(save_draft(&self.0.0.store, EffectsBy { actor: &actor, now }, seen, draft).await)
    }

    /// Publishes a page that was made of the page as it stood in `seen`.
    pub(in crate::web) async fn publish_effects(
        &self,
        staff: &Staff,
        seen: &EffectPageRow,
        effects: &Effects,
    ) -> Result<Result<(), EffectsError>, Refusal> {
        let (actor, now) = (staff.actor(), self.0.now());
        told(publish_effects(&self.0.0.store, EffectsBy { actor: &actor, now }, seen, effects).await)
    }

    /// Takes the page back that was published in the turn `seen`.
    pub(in crate::web) async fn take_back_effects(
        &self,
        staff: &Staff,
        seen: i64,
    ) -> Result<Result<(), EffectsError>, Refusal> {
        let (actor, now) = (staff.actor(), self.0.now());
        told(take_back(&self.0.0.store, EffectsBy { actor: &actor, now }, seen).await)
    }
}

/// What the handler tells; what the database says is broken.
fn told(done: Result<(), EffectsError>) -> Result<Result<(), EffectsError>, Refusal> {
    match done {
        Err(EffectsError::Store(error)) => Err(error.into()),
        other => Ok(other),
    }
}
