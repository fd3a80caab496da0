//! A way to PostgreSQL that can be cut and given back.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Open,
    /// Every connection is closed, and no new one is taken up.
    Closed,
    /// Nothing passes any more, and nobody is told.
    Silent,
}

pub struct Proxy {
    pub address: SocketAddr,
    way: watch::Sender<Way>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// To `target`, such as 127.0.0.1:5432.
    pub async fn start(target: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, seen) = watch::channel(Way::Open);
        let target = Arc::new(target);
        let task = tokio::spawn(async move {
            loop {
                let Ok((near, _)) = listener.accept().await else { return };
                let (target, seen) = (target.clone(), seen.clone());
                tokio::spawn(pass(near, target, seen));
            }
        });
        Proxy { address, way, task }
    }

    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

/// Connections that fell silent are closed when the way is given back.
async fn pass(mut near: TcpStream, target: Arc<String>, mut way: watch::Receiver<Way>) {
    let now = *way.borrow_and_update();
    match now {
        Way::Open => {}
        Way::Closed => return,
        Way::Silent => return drop(way.changed().await),
    }
    let Ok(mut far) = TcpStream::connect(target.as_str()).await else { return };
    let _ = near.set_nodelay(true);
    let _ = far.set_nodelay(true);
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        _ = way.changed() => {
            if *way.borrow() == Way::Silent {
                let _ = way.changed().await;
            }
        }
    }
}
