//! From the start of the program to its first whole page.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use modstats_tests::Database;
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::load::{median, range};
use super::programs::start_dashboard;

const ROUNDS: usize = 15;
const PAUSE: Duration = Duration::from_micros(200);

pub async fn measure(database: &Database, page: &str) {
    let (mut connects, mut listens, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        connects.push(connect(database).await);
        let start = Instant::now();
        let (_program, url) = start_dashboard(database);
        let address = url.strip_prefix("http://").unwrap();
        let mut stream = loop {
            match knock(address.parse().unwrap()).await {
                Ok(stream) => break stream,
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        };
        listens.push(start.elapsed().as_secs_f64() * 1e3);
        let request =
            format!("GET {page} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        pages.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(
            answer.ends_with("</html>\n") || answer.ends_with("</html>"),
            "{answer}"
        );
    }
    let beyond: Vec<f64> = pages
        .iter()
        .zip(&connects)
        .map(|(page, connect)| page - connect)
        .collect();
    println!("\ncold start, ms ({ROUNDS} rounds, interleaved)");
    tell("a connection to the database, by a bare client", connects);
    tell("from the start until it listens", listens);
    tell("from the start to the first page, whole", pages);
    tell("of that, beyond the connection (goal: 50)", beyond);
}

/// From another address of this machine: else the two ends might be the same, and the port be taken.
async fn knock(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind("127.0.0.2:0".parse().unwrap())?;
    socket.connect(address).await
}

/// How long it takes, as the dashboard does it: with a certificate that is checked.
async fn connect(database: &Database) -> f64 {
    let options: PgConnectOptions = database.url().parse().unwrap();
    let start = Instant::now();
    let connection = PgConnection::connect_with(&options).await.unwrap();
    let took = start.elapsed();
    connection.close().await.unwrap();
    took.as_secs_f64() * 1e3
}

fn tell(what: &str, values: Vec<f64>) {
    let (low, high) = range(&values);
    println!(
        "  {what:<48} {:>7.1} ({low:.1} … {high:.1})",
        median(values)
    );
}
