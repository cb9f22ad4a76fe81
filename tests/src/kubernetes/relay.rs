//! Connections to `127.0.0.1` that end at a Service.
//!
//! Its address could be used as it is, but certificates are for names, and `localhost` is the one
//! that this machine knows. `kubectl port-forward` breaks all connections when one is reset.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Passes every connection to a new port on to `target`; the port.
pub fn relay(target: SocketAddr) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            // The client sees its connection close.
            let _ = TcpStream::connect(target).and_then(|server| join(&client, &server));
        }
    });
    port
}

fn join(client: &TcpStream, server: &TcpStream) -> io::Result<()> {
    for (from, to) in [(client, server), (server, client)] {
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
    Ok(())
}
