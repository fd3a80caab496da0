//! Connections, each a task of its own. None is kept for silence: who sends no whole head of a request in a while is hung
//! up on. What a request's body and answer may take is bounded by the layers.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Layer as _;

/// What connections may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Until the head of a request is there, from the first byte on or from the answer before.
    pub(super) longest_silence: Duration,
    /// Of all clients together; whoever comes then waits.
    pub(super) most_at_once: usize,
}

/// Of `serve`. A web server before it keeps its connections for a minute or so, and should be the one that ends them; and
/// a process may open a thousand files, of which letters and the database need some.
pub(super) const BOUNDS: Bounds = Bounds { longest_silence: Duration::from_secs(75), most_at_once: 512 };

/// Answers on `listener` until `shutdown`; requests under way are finished first.
pub(super) async fn serve_connections(
    routes: Router,
    mut listener: TcpListener,
    shutdown: CancellationToken,
    bounds: Bounds,
) {
    let (under_way, room) = (TaskTracker::new(), Arc::new(Semaphore::new(bounds.most_at_once)));
    loop {
        let next = async {
            let turn = Arc::clone(&room).acquire_owned().await;
            (turn, Listener::accept(&mut listener).await)
        };
        let (turn, client) = tokio::select! {
            next = next => next,
            () = shutdown.cancelled() => break,
        };
        let answering = answer(routes.clone(), client, shutdown.clone(), bounds.longest_silence);
        under_way.spawn(async move {
            let _turn = turn;
            answering.await;
        });
    }
    drop(listener);
    under_way.close();
    under_way.wait().await;
}

/// Answers one client until it leaves, falls silent, or has its last answer after `shutdown`.
async fn answer(
    routes: Router,
    (stream, client): (TcpStream, SocketAddr),
    shutdown: CancellationToken,
    longest_silence: Duration,
) {
    let service = TowerToHyperService::new(Extension(ConnectInfo(client)).layer(routes));
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(longest_silence);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection broke off");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn who_sends_no_whole_head_is_hung_up_on_and_whoever_waits_is_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tell = |client: ConnectInfo<SocketAddr>| async move { client.0.ip().to_string() };
        let routes = Router::new().route("/", get(tell));
        let (shutdown, bounds) = (
            CancellationToken::new(),
            Bounds { longest_silence: Duration::from_millis(50), most_at_once: 1 },
        );
        let serving = tokio::spawn(serve_connections(routes, listener, shutdown.clone(), bounds));
        for head in ["", "GET / HTTP/1.1\r\nHost: forum.example\r\n"] {
            let mut silent = TcpStream::connect(address).await.unwrap();
            silent.write_all(head.as_bytes()).await.unwrap();
            let mut other = TcpStream::connect(address).await.unwrap();
            other
                .write_all(b"GET / HTTP/1.1\r\nHost: forum.example\r\nConnection: close\r\n\r\n")
                .await
                .unwrap();
            let (mut nothing, mut answer) = (Vec::new(), String::new());
            silent.read_to_end(&mut nothing).await.unwrap();
            assert!(nothing.is_empty(), "{head:?}");
            other.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"), "{answer}");
        }
        shutdown.cancel();
        serving.await.unwrap();
    }
}
