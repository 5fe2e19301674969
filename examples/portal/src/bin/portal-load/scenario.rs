//! What is asked of the server, and how hard.

pub(crate) mod crash;
pub(crate) mod desk;
pub(crate) mod login;
pub(crate) mod overload;
pub(crate) mod peer;
pub(crate) mod race;
pub(crate) mod second_factor;

use std::cell::Cell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::task::{JoinError, JoinSet};
use upheld_totp::UnixSeconds;

use crate::connection::{Answer, Connection};
use crate::tally::{Kind, Tally};

/// The server under load, and how hard it is driven.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Of each node: connections take them in turn.
    pub(crate) nodes: Vec<SocketAddr>,
    /// What it is called in requests.
    pub(crate) host: String,
    pub(crate) connections: usize,
    pub(crate) duration: Duration,
}

impl Target {
    /// The node that a connection goes to.
    pub(crate) fn node(&self, number: usize) -> SocketAddr {
        let at = number.checked_rem(self.nodes.len());
        let node = at.and_then(|at| self.nodes.get(at).copied());
        // Where there is none, nobody listens.
        node.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }
}

/// What a scenario did and saw.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) tally: Tally,
    pub(crate) elapsed: Duration,
    /// How many of the jobs were begun.
    pub(crate) begun: usize,
}

/// An answer that no scenario expects, in a few words.
#[derive(Debug)]
pub(crate) struct Oddity(pub(crate) String);

impl Oddity {
    pub(crate) fn status(answer: &Answer<'_>) -> Self {
        Self(format!("status {}", answer.status))
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self(format!("{what} is missing in an answer"))
    }
}

impl From<io::Error> for Oddity {
    fn from(error: io::Error) -> Self {
        Self(format!("connection: {error}"))
    }
}

/// Does the jobs in order, as many at a time as there are connections, until time is up or none
/// is left. The next begins when one is done.
pub(crate) async fn closed_loop<J: 'static, V>(
    target: &Target,
    jobs: Rc<Vec<J>>,
    visit: V,
) -> Result<Run, JoinError>
where
    V: AsyncFn(&mut Connection, &J) -> Result<Kind, Oddity> + 'static,
{
    let visit = Rc::new(visit);
    let next = Rc::new(Cell::new(0_usize));
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for number in 0..target.connections {
        let (jobs, visit, next) = (Rc::clone(&jobs), Rc::clone(&visit), Rc::clone(&next));
        let (address, duration) = (target.node(number), target.duration);
        workers.spawn_local(async move {
            let mut connection = Connection::from(address, visitor(number));
            let mut tally = Tally::default();
            while start.elapsed() < duration {
                let Some(job) = jobs.get(next.get()) else { break };
                next.set(next.get().saturating_add(1));
                let asked = Instant::now();
                match visit(&mut connection, job).await {
                    Ok(kind) => tally.note(kind, asked.elapsed()),
                    Err(Oddity(what)) => tally.note_odd(what, asked.elapsed()),
                }
            }
            tally
        });
    }
    let mut tally = Tally::default();
    while let Some(done) = workers.join_next().await {
        tally.add(done?);
    }
    Ok(Run { tally, elapsed: start.elapsed(), begun: next.get() })
}

/// The time, as the server on the same machine has it.
pub(crate) fn now() -> UnixSeconds {
    UnixSeconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}

/// Where a connection comes from: an address of its own, as visitors have. Every address that
/// begins with 127 is this machine's.
pub(crate) fn visitor(number: usize) -> SocketAddr {
    let [.., high, low] = number.to_be_bytes();
    SocketAddr::from((Ipv4Addr::new(127, 77, high, low), 0))
}
