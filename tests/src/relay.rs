//! Connections through `127.0.0.1`, and what a network can do to them.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What happens to one connection at one piece of what its client sends. Later connections pass.
#[derive(Clone)]
pub enum Fault {
    /// Neither this piece nor anything after it arrives on either side, and no side is told.
    Silence,
    /// The piece arrives; after it nothing does, as under `Silence`.
    NoAnswer,
    /// Both sides see the connection close.
    Cut,
    /// Something happens first, given the relay's own port on the way to the server.
    Call(Arc<dyn Fn(u16) + Send + Sync>),
}

/// Passes every connection to a port of its own on to one address, byte for byte.
pub struct Relay {
    port: u16,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    plan: Mutex<Plan>,
    open: Mutex<Vec<Connection>>,
}

/// One under silence stays open as long as the relay.
struct Connection {
    silent: Arc<AtomicBool>,
    ends: [TcpStream; 2],
}

#[derive(Default)]
struct Plan {
    pieces: usize,
    fault: Option<(usize, Fault)>,
}

impl Relay {
    pub fn start(target: SocketAddr) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let wire = Arc::<Wire>::default();
        let shared = wire.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // The client sees its connection close.
                let _ = TcpStream::connect(target).and_then(|server| join(&shared, client, server));
            }
        });
        Relay { port, wire }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Counts the pieces anew, from 1, and lets a fault happen at one of them.
    pub fn plan(&self, fault: Option<(usize, Fault)>) {
        *self.wire.plan.lock().unwrap() = Plan { pieces: 0, fault };
    }

    /// Puts every connection that is open under silence.
    pub fn silence(&self) {
        for connection in self.wire.open.lock().unwrap().iter() {
            connection.silent.store(true, Ordering::SeqCst);
        }
    }

    /// The pieces that clients have sent since the last plan.
    pub fn pieces(&self) -> usize {
        self.wire.plan.lock().unwrap().pieces
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let mut open = self.wire.open.lock().unwrap();
        for connection in open.extract_if(.., |it| it.silent.load(Ordering::SeqCst)) {
            for end in connection.ends {
                // The other side may be gone already.
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Wire {
    fn next_fault(&self) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap();
        plan.pieces += 1;
        let pieces = plan.pieces;
        plan.fault
            .take_if(|(at, _)| *at == pieces)
            .map(|(_, fault)| fault)
    }
}

fn join(wire: &Arc<Wire>, client: TcpStream, server: TcpStream) -> io::Result<()> {
    for end in [&client, &server] {
        end.set_nodelay(true)?;
    }
    let silent = Arc::new(AtomicBool::new(false));
    wire.open.lock().unwrap().push(Connection {
        silent: silent.clone(),
        ends: [client.try_clone()?, server.try_clone()?],
    });
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    let (hushed, shared) = (silent.clone(), wire.clone());
    thread::spawn(move || {
        // An end is passed on, however it comes.
        let _ = forward(&mut from_client, &mut to_server, &shared, &hushed);
        if !hushed.load(Ordering::SeqCst) {
            let _ = to_server.shutdown(Shutdown::Write);
        }
    });
    let (mut from_server, mut to_client) = (server, client);
    let shared = wire.clone();
    thread::spawn(move || {
        let _ = answer(&mut from_server, &mut to_client, &silent);
        if !silent.load(Ordering::SeqCst) {
            let _ = to_client.shutdown(Shutdown::Write);
            let mut open = shared.open.lock().unwrap();
            open.retain(|it| !Arc::ptr_eq(&it.silent, &silent));
        }
    });
    Ok(())
}

fn forward(
    client: &mut TcpStream,
    server: &mut TcpStream,
    wire: &Wire,
    silent: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = [0; 1 << 16];
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        if silent.load(Ordering::SeqCst) {
            continue;
        }
        match wire.next_fault() {
            None => {}
            Some(Fault::Call(call)) => call(server.local_addr()?.port()),
            Some(Fault::Cut) => {
                client.shutdown(Shutdown::Both)?;
                return server.shutdown(Shutdown::Both);
            }
            Some(fault) => {
                silent.store(true, Ordering::SeqCst);
                if matches!(fault, Fault::Silence) {
                    continue;
                }
            }
        }
        server.write_all(&buffer[..length])?;
    }
}

fn answer(server: &mut TcpStream, client: &mut TcpStream, silent: &AtomicBool) -> io::Result<()> {
    let mut buffer = [0; 1 << 16];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        if !silent.load(Ordering::SeqCst) {
            client.write_all(&buffer[..length])?;
        }
    }
}
