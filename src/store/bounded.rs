//! Waiting for PostgreSQL, but not for ever.

use std::time::Duration;

/// No statement of ours takes so long: the way to the server is cut without either side having heard of it.
const ANSWERS_WITHIN: Duration = Duration::from_secs(300);

/// Waits for the server, but not for ever.
pub(super) async fn bounded<T>(asked: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let answer = tokio::time::timeout(ANSWERS_WITHIN, asked).await;
    answer.unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
}
