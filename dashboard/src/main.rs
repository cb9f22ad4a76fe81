use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // The one TLS provider of the process; fails only where there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    modstats_dashboard::program::run(std::env::args_os()).await
}
