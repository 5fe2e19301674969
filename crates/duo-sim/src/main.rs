//! `duo-sim`: the simulator as a program.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program says what it does")]
#![expect(clippy::disallowed_methods, reason = "a program reads and writes files")]

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use upheld_duo_sim::{Config, DevCa, Options, Server, Transport};

/// Simulates Duo: Auth API, Universal Prompt and Admin API, with phones in the browser.
///
/// Users unless configured: push-allow, push-deny, verified-push, passcode, sms, phone,
/// hardware-token, security-key, locked, unenrolled, bypass.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where Duo's side listens.
    #[arg(long, default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 9443)))]
    listen: SocketAddr,
    /// Where the phone page and the control plane listen: never where others can reach it.
    #[arg(long, default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 9444)))]
    control: SocketAddr,
    /// Writes the authority that was made for this run to DIR/ca.pem, and its certificate for this
    /// machine to DIR/localhost.pem.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dev_ca: PathBuf,
    /// Speaks plain HTTP instead of TLS.
    #[arg(long, conflicts_with = "dev_ca")]
    http: bool,
    /// Keys, users and devices (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The same seed makes the same identifiers and codes.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("duo-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = match &arguments.config {
        Some(file) => Config::from_toml(&fs::read_to_string(file)?)?,
        None => Config::default(),
    };
    let settings = config.clone();
    let transport = if arguments.http {
        Transport::Http
    } else {
        let ca = DevCa::generate()?;
        fs::create_dir_all(&arguments.dev_ca)?;
        let file = arguments.dev_ca.join("ca.pem");
        fs::write(&file, ca.authority_pem())?;
        fs::write(arguments.dev_ca.join("localhost.pem"), ca.certificate_pem())?;
        println!("ca: {}", file.display());
        Transport::Tls(Box::new(ca))
    };
    let (listen, seed) = (arguments.listen, arguments.seed);
    let control = Some(arguments.control);
    // Asked for before anybody is told that we listen.
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let server = Server::start(Options { config, listen, control, transport, seed }).await?;
    println!("host: localhost:{}", server.address().port());
    for (name, keys) in
        [("auth", &settings.auth), ("admin", &settings.admin), ("prompt", &settings.prompt)]
    {
        println!("{name}: {} {}", keys.key, keys.secret);
    }
    if let Some(control) = server.control_address() {
        println!("phones: http://localhost:{}/", control.port());
    }
    println!("listening on {}", server.address());
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    server.stop().await;
    Ok(())
}
