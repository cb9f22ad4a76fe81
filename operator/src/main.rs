use std::process::ExitCode;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    // The one TLS provider of the process; fails only where there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    modstats_operator::program::run(std::env::args_os()).await
}
