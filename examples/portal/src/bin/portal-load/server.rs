//! A portal of one's own: started on a database, watched, and stopped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::connection::Connection;
use crate::process;
use crate::request;

const START_TIMEOUT: Duration = Duration::from_secs(20);
/// What it still does after its first answer is not idleness.
const SETTLE: Duration = Duration::from_secs(1);

/// A running portal. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first page.
    pub(crate) start: Duration,
    /// Resident when it had nothing to do yet.
    pub(crate) idle_kib: Option<u64>,
}

impl Server {
    /// Starts `portal serve` with settings in its environment, and waits for the first page of
    /// `host` on `port`.
    pub(crate) async fn start(
        portal: &Path,
        settings: &[(String, String)],
        port: u16,
        host: &str,
    ) -> io::Result<Self> {
        let begun = Instant::now();
        let child = Command::new(portal)
            .arg("serve")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut server = Self { child, address, start: Duration::ZERO, idle_kib: None };
        server.wait_for_page(begun, host).await?;
        server.start = begun.elapsed();
        tokio::time::sleep(SETTLE).await;
        server.idle_kib = process::resident_kib(server.child.id());
        Ok(server)
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Processor time used so far.
    pub(crate) fn processor_time(&self) -> Duration {
        process::processor_time(self.child.id()).unwrap_or_default()
    }

    /// Resident now.
    pub(crate) fn resident_kib(&self) -> Option<u64> {
        process::resident_kib(self.child.id())
    }

    /// Asks it to end and waits until it has, so that everything is in the database.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        let kill = format!("kill -s TERM {}", self.child.id());
        Command::new("sh").args(["-c", &kill]).status()?;
        let status = self.child.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("the portal did not end well: {status}")))
    }

    async fn wait_for_page(&mut self, begun: Instant, host: &str) -> io::Result<()> {
        let request = request::get(host, "/login", "");
        loop {
            let mut connection = Connection::new(self.address);
            if connection.ask(&request).await.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("the portal did not start: {status}")));
            }
            if begun.elapsed() > START_TIMEOUT {
                return Err(io::ErrorKind::TimedOut.into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Ends a process at once, in the middle of whatever it does.
pub(crate) fn kill(process: u32) -> io::Result<()> {
    let status = Command::new("sh").args(["-c", &format!("kill -s KILL {process}")]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("the portal had ended already")) }
}

/// A port of this machine that nobody listens on just now.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
