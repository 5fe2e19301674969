//! The task that sends what is in the outbox: with a transport that is slow, and one that fails.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use portal::{Change, Clock, Listener, Message, Portal, PublicUrl, Role, Settings, Transport};
use rand::rngs::SysRng;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::Database;
use upheld_totp::UnixSeconds;

use crate::clinic::{EMAIL, NAME, PASSWORD};
use crate::ground::Ground;

const START: u64 = 1_790_000_010;

/// Says that a message is under way, and takes its time.
#[derive(Debug)]
struct Slow {
    begun: UnboundedSender<()>,
    handed_over: Arc<Mutex<usize>>,
}

impl Transport for Slow {
    fn send(&self, _: &Message) -> io::Result<()> {
        self.begun.send(()).unwrap();
        thread::sleep(Duration::from_millis(700));
        *self.handed_over.lock().unwrap() += 1;
        Ok(())
    }
}

/// Fails, and takes a hundred seconds for that.
#[derive(Debug)]
struct Failing {
    begun: UnboundedSender<()>,
    now: Arc<AtomicU64>,
}

impl Transport for Failing {
    fn send(&self, _: &Message) -> io::Result<()> {
        self.now.fetch_add(100, Ordering::SeqCst);
        self.begun.send(()).unwrap();
        Err(io::Error::other("not today"))
    }
}

/// Serves a portal with two letters to send, until the first of them is under way.
fn serve(
    now: &Arc<AtomicU64>,
    transport: impl FnOnce(UnboundedSender<()>) -> Arc<dyn Transport>,
) -> (TempDir, Ground) {
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground::new(folder.path());
    let (place, now) = (ground.settings(), Arc::clone(now));
    let clock = Clock::new(move || UnixSeconds(now.load(Ordering::SeqCst)));
    let (begun, mut begins) = unbounded_channel();
    let transport = transport(begun);
    let served = async {
        let database = Database::open(&place, Tenant::new("northside").unwrap()).await.unwrap();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = Listener::bind(any).await.unwrap();
        let keys = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
        let settings = Settings::at(PublicUrl::parse(&listener.url()).unwrap());
        let portal = Portal::open((database, keys), settings, clock, transport).await.unwrap();
        portal.add_person((EMAIL, NAME), PASSWORD, Role::Patient).await.unwrap();
        for change in [Change::Disable, Change::Enable] {
            portal.change_account(EMAIL, change).await.unwrap();
        }
        portal.serve(listener, async { begins.recv().await.unwrap() }).await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(served);
    (folder, ground)
}

/// Stopping in the middle of a message would send it twice.
#[test]
fn who_stops_finishes_the_message_that_is_under_way_and_begins_no_other() {
    let (now, handed_over) = (Arc::new(AtomicU64::new(START)), Arc::new(Mutex::new(0)));
    let counted = Arc::clone(&handed_over);
    let (_folder, ground) = serve(&now, |begun| Arc::new(Slow { begun, handed_over: counted }));
    assert_eq!(*handed_over.lock().unwrap(), 1);
    let unsent = "SELECT count(*) FROM outbox WHERE next_try IS NOT NULL";
    assert_eq!(ground.number("SELECT count(*) FROM outbox"), 2);
    assert_eq!(ground.number(unsent), 1);
}

/// A batch may take longer than a claim lasts.
#[test]
fn how_long_a_message_waits_is_counted_from_when_it_failed() {
    let now = Arc::new(AtomicU64::new(START));
    let clock = Arc::clone(&now);
    let (_folder, ground) = serve(&now, |begun| Arc::new(Failing { begun, now: clock }));
    let next = ground.number("SELECT max(next_try) FROM outbox WHERE tries > 0");
    let now = i64::try_from(now.load(Ordering::SeqCst)).unwrap();
    assert!((now + 2..now + 5).contains(&next), "{next} is not soon after {now}");
}
