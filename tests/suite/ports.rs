//! Free ports for programs that must be told theirs.

use std::net::SocketAddr;

use tokio::net::TcpSocket;

/// A port of loopback that is nobody else's while the value lives: a program that may reuse an address (SO_REUSEADDR, as
/// every server does) can listen there, and the kernel gives it to no other test meanwhile.
pub struct HeldPort {
    _socket: TcpSocket,
    address: SocketAddr,
}

impl HeldPort {
    pub fn hold() -> HeldPort {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an address that can be shared");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let address = socket.local_addr().expect("its address");
        HeldPort { _socket: socket, address }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn number(&self) -> u16 {
        self.address.port()
    }
}
