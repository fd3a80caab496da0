//! A transaction that met another one, tried again.

use super::error::StoreError;

/// Each time another transaction got on: no more often than this.
const COLLISIONS_AT_MOST: u32 = 5;

/// What `attempt` answers, once it does not collide any more ([`StoreError::is_collision`]). It is one whole transaction:
/// whatever it did before it collided is undone.
pub async fn again_on_collision<T, F: Future<Output = Result<T, StoreError>>>(
    mut attempt: impl FnMut() -> F,
) -> Result<T, StoreError> {
    let mut collisions = 0;
    loop {
        match attempt().await {
            Err(error) if error.is_collision() && collisions < COLLISIONS_AT_MOST => collisions += 1,
            answer => return answer,
        }
    }
}
