//! What pages read and write of the ground on which it is stored that people sit for unions.

use std::collections::HashMap;

use super::{Reading, Writing};
use crate::forum::UnionGround;
use crate::ids::{OrganisationId, RecipientId};
use crate::intake::union_grounds::{SaidBy, say_ground, withdraw_ground};
use crate::store::{GroundlessRow, UnionSeatRow};
use crate::web::refusal::Refusal;

/// The grounds that stand: of each person the union's slug, and which.
pub(in crate::web) type UnionGrounds = HashMap<RecipientId, Vec<(String, UnionGround)>>;

impl Reading {
    /// Everybody's.
    pub(in crate::web) async fn union_grounds(&self) -> Result<UnionGrounds, Refusal> {
        let mut grounds = UnionGrounds::new();
        for row in self.store().list_union_grounds().await? {
            if let Some(ground) = UnionGround::from_word(&row.ground) {
                grounds.entry(row.recipient).or_default().push((row.slug, ground));
            }
        }
        Ok(grounds)
    }

    /// The unions that somebody sits for, now or later.
    pub(in crate::web) async fn unions_of(&self, id: RecipientId) -> Result<Vec<UnionSeatRow>, Refusal> {
        Ok(self.store().list_unions_of(id, self.0.now()).await?)
    }

    /// Who sits for a union on no recorded ground, at most so many; and how many they are.
    pub(in crate::web) async fn groundless(
        &self,
        at_most: i64,
    ) -> Result<(i64, Vec<GroundlessRow>), Refusal> {
        Ok(self.store().list_groundless(self.0.now(), at_most).await?)
    }
}

impl Writing {
    /// Says on what ground it is stored that somebody sits for a union; none: it is withdrawn. False if there is nothing that
    /// this can be said of.
    pub(in crate::web) async fn say_ground(
        &self,
        of: (RecipientId, OrganisationId),
        ground: Option<UnionGround>,
        by: SaidBy<'_>,
    ) -> Result<bool, Refusal> {
        let store = &self.0.0.store;
        Ok(match ground {
            Some(ground) => say_ground(store, of, ground, by).await?,
            None => withdraw_ground(store, of, by).await?,
        })
    }
}
