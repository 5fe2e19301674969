//! Two portals on one database, driven for minutes while one of them is killed, keys are changed and
//! backups are taken; and what must be true when that is over.

mod account;
mod disturbance;
mod laws;
mod said;
mod visit;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use portal::seeding::Seeded;
use serde_json::json;
use tokio::task::{JoinSet, spawn_local};
use tokio::time::sleep;
use upheld_store::sql::Database;
use upheld_totp::{Parameters, Totp};

use crate::Failure;
use crate::connection::Connection;
use crate::fixture::Fixture;
use crate::measure::beside;
use crate::options::Soak;
use crate::report::Report;
use crate::request;
use crate::scenario::{Oddity, now};
use crate::server::{Server, free_port};
use crate::tally::Tally;
use account::{Account, Done};
use laws::{Mail, Seen, Uses};
use visit::Browser;

/// How long somebody whose visit broke off stays away: whatever was under way is over by then.
const REST: Duration = Duration::from_secs(15);
/// How long the outbox may take: who is killed with a message in hand has it for a minute.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often an account is looked at in the end before it is given up.
const LOOKS: usize = 5;

/// Somebody, and what is known of their account.
type Person = (Seeded, Account);

/// The portals: one program, one database, two nodes.
#[derive(Debug)]
pub(crate) struct Site {
    fixture: Fixture,
    program: PathBuf,
    /// What restarts the server of the database, if there is one.
    restart: Option<String>,
    /// Where each node serves, and where it says how it is.
    ports: [(u16, u16); 2],
    /// How many answers are awaited of the node that is killed.
    awaited: Rc<Cell<usize>>,
}

impl Site {
    fn new(options: &Soak) -> Result<Self, Failure> {
        let program = match &options.program {
            Some(program) => program.clone(),
            None => beside("portal")?,
        };
        let ports = [(free_port()?, free_port()?), (free_port()?, free_port()?)];
        let [(first, _), _] = ports;
        let fixture = Fixture::new(&options.database, first)?;
        let restart = options.restart.clone();
        Ok(Self { fixture, program, restart, ports, awaited: Rc::default() })
    }

    /// Starts a node, in its so-manieth life: each has a folder of its own for e-mails.
    async fn start(&self, node: usize, life: usize) -> Result<Server, Failure> {
        let (port, operations) = self.ports.get(node).copied().ok_or("there is no such node")?;
        let mut settings = self.fixture.environment_on(port);
        let mail = self.fixture.path(&format!("mail-{node}-{life}"));
        settings.extend([
            ("PORTAL__SERVER__METRICS_LISTEN".to_owned(), format!("127.0.0.1:{operations}")),
            ("PORTAL__MAIL__DIRECTORY".to_owned(), mail.to_string_lossy().into_owned()),
            // As `deploy/portal.service` has it: what glibc keeps for itself would hide what grows.
            ("MALLOC_MMAP_THRESHOLD_".to_owned(), "1048576".to_owned()),
        ]);
        Ok(Server::start(&self.program, &settings, port, &self.fixture.host()).await?)
    }

    fn addresses(&self) -> [SocketAddr; 2] {
        self.ports.map(|(port, _)| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    /// Asks each node whether it is ready.
    async fn ready(&self) -> Vec<bool> {
        let mut ready = Vec::new();
        for (_, port) in self.ports {
            let mut connection = Connection::new(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
            let request = request::get(&format!("localhost:{port}"), "/readyz", "");
            ready.push(connection.ask(&request).await.is_ok_and(|answer| answer.status == 200));
        }
        ready
    }
}

/// Drives the portals, and judges what is left.
pub(crate) async fn soak(options: &Soak) -> Result<Report, Failure> {
    let duration = Duration::from_mins(options.minutes.into());
    let site = Rc::new(Site::new(options)?);
    let people = site.fixture.seed(options.people.into(), 0).await?;
    let people = people.into_iter().map(|seeded| (seeded, Account::new())).collect();
    let first = site.start(0, 0).await?;
    let second = site.start(1, 0).await?;

    let start = Instant::now();
    let disturbed = spawn_local(disturbance::disturb(Rc::clone(&site), second, duration));
    let warm = spawn_local(async move {
        sleep(duration.div_f64(5.0)).await;
        (first.resident_kib(), first)
    });
    let connections = options.connections.into();
    let (people, tally, visits) = drive(&site, people, connections, Some(duration)).await?;
    let elapsed = start.elapsed();
    let (warm_kib, first) = warm.await?;
    let mut disturbed = disturbed.await??;

    let (people, looks, looked_at) = drive(&site, people, connections, None).await?;
    let database = site.fixture.open().await?;
    let settled = settle(&database).await;
    let ready = site.ready().await;
    let memory_kib = (warm_kib.unwrap_or_default(), first.resident_kib().unwrap_or_default());
    // So that everything is sealed and written.
    first.stop()?;
    disturbed.second.stop()?;
    disturbed.given.extend(disturbance::verify(&site, None).await?);

    let mail = read_mail(&site, &database, settled).await;
    let uses = count_uses(&database, &people).await;
    database.close().await;
    let (sign_ins, confirmations) = uses?.into_iter().unzip();
    let done = people.iter().map(|(_, account)| account.done);
    let seen = Seen {
        wrongs: people.iter().flat_map(|(_, account)| account.wrongs.clone()).collect(),
        looked_at: (looked_at.done, people.len()),
        done: done.fold(Done::default(), Done::add),
        sign_ins,
        confirmations,
        failures: tally.odd("status 500").saturating_add(looks.odd("status 500")),
        mail: mail?,
        ready,
        kills: disturbed.kills,
        struck: disturbed.struck,
        given: disturbed.given,
        memory_kib,
    };
    let mut report = Report::default();
    report.note("scenario", "soak");
    report.note("store", site.fixture.store());
    report.note("elapsed_seconds", elapsed.as_secs_f64());
    report.note("visits", json!({ "done": visits.done, "broken_off": visits.broken_off }));
    report.note("answers", tally.to_json(elapsed));
    report.note("kills", seen.kills);
    report.note("requests_under_way_when_killed", seen.struck);
    report.note("commands", seen.given.len());
    report.note("emails", seen.mail.sent.len());
    report.note("memory_kib", json!({ "warm": memory_kib.0, "end": memory_kib.1 }));
    report.laws = laws::laws(&seen);
    Ok(report)
}

/// How many visits came to their end.
#[derive(Clone, Copy, Debug, Default)]
struct Visits {
    done: usize,
    broken_off: usize,
}

/// Lets each connection visit for its share of the people: for so long, or else once each to look
/// at what is there.
async fn drive(
    site: &Site,
    people: Vec<Person>,
    connections: usize,
    duration: Option<Duration>,
) -> Result<(Vec<Person>, Tally, Visits), Failure> {
    let end = duration.map(|duration| Instant::now().checked_add(duration).ok_or("never ends"));
    let end = end.transpose()?;
    let mut shares: Vec<Vec<Person>> = (0..connections).map(|_| Vec::new()).collect();
    for (number, person) in people.into_iter().enumerate() {
        let at = number.checked_rem(connections).unwrap_or_default();
        shares.get_mut(at).ok_or("there is no connection")?.push(person);
    }
    let mut workers = JoinSet::new();
    for (number, share) in shares.into_iter().enumerate() {
        let browser = Browser::of(site, number);
        match end {
            Some(end) => {
                let all = share.len().saturating_mul(connections);
                let places = (number..all).step_by(connections);
                let second =
                    |place: usize| u64::try_from(place.saturating_mul(30).checked_div(all)?).ok();
                let seconds = places.filter_map(second);
                workers.spawn_local(visit_until(end, browser, share, seconds.collect()))
            }
            None => workers.spawn_local(look_once(browser, share)),
        };
    }
    let (mut people, mut tally, mut visits) = (Vec::new(), Tally::default(), Visits::default());
    while let Some(done) = workers.join_next().await {
        let (share, browser, made) = done?;
        people.extend(share);
        tally.add(browser.tally);
        visits.done = visits.done.saturating_add(made.done);
        visits.broken_off = visits.broken_off.saturating_add(made.broken_off);
    }
    Ok((people, tally, visits))
}

/// `seconds` says when each person comes, within the half minute for which there is a code: not all
/// of them at once, so that there is no time in which nobody does anything.
async fn visit_until(
    end: Instant,
    mut browser: Browser,
    mut share: Vec<Person>,
    seconds: Vec<u64>,
) -> (Vec<Person>, Browser, Visits) {
    let mut visits = Visits::default();
    let mut rests: Vec<Option<Instant>> = share.iter().map(|_| None).collect();
    'visits: for round in 1_u32.. {
        // Not everybody does the same at the same time.
        let comers = share.iter_mut().zip(&mut rests).zip(&seconds);
        for (number, ((person, rest), second)) in (round..).zip(comers) {
            await_code_and(*rest, *second, person).await;
            if Instant::now() >= end {
                break 'visits;
            }
            let asked = Instant::now();
            *rest = None;
            match visit::act(&mut browser, person, number).await {
                Ok(()) => visits.done = visits.done.saturating_add(1),
                Err(Oddity(what)) => {
                    visits.broken_off = visits.broken_off.saturating_add(1);
                    browser.tally.note_odd(what, asked.elapsed());
                    *rest = Instant::now().checked_add(REST);
                }
            }
        }
    }
    (share, browser, visits)
}

async fn look_once(mut browser: Browser, mut share: Vec<Person>) -> (Vec<Person>, Browser, Visits) {
    let mut visits = Visits::default();
    for person in &mut share {
        for _ in 0..LOOKS {
            let rest = Instant::now().checked_add(REST);
            await_code_and(None, 0, person).await;
            let asked = Instant::now();
            match visit::look(&mut browser, person).await {
                Ok(()) => {
                    visits.done = visits.done.saturating_add(1);
                    break;
                }
                Err(Oddity(what)) => browser.tally.note_odd(what, asked.elapsed()),
            }
            await_code_and(rest, 0, person).await;
        }
    }
    (share, browser, visits)
}

/// Waits for that moment, and for a code that was not sent yet and has been good for so many seconds.
async fn await_code_and(moment: Option<Instant>, second: u64, (seeded, account): &Person) {
    let totp = Totp::new(&seeded.secret, Parameters::default());
    while now().0 % 30 < second
        || account.codes.contains(&totp.step_at(now()).0)
        || moment.is_some_and(|moment| Instant::now() < moment)
    {
        sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until all jobs are done and all e-mails sent. Returns how many are not.
async fn settle(database: &Database) -> Result<usize, Failure> {
    let sql = "SELECT (SELECT count(*) FROM outbox WHERE tenant = $1 AND next_try IS NOT NULL)
                    + (SELECT count(*) FROM exports WHERE tenant = $1 AND ready_at IS NULL)";
    let start = Instant::now();
    loop {
        let rows = database.query(sql, &[]).await?;
        let waiting = rows.first().map(|row| row.integer(0)).transpose()?.unwrap_or_default();
        if waiting == 0 || start.elapsed() > PATIENCE {
            return Ok(usize::try_from(waiting)?);
        }
        sleep(Duration::from_millis(500)).await;
    }
}

async fn read_mail(
    site: &Site,
    database: &Database,
    waiting: Result<usize, Failure>,
) -> Result<Mail, Failure> {
    let sql = "SELECT id FROM outbox WHERE tenant = $1 AND next_try IS NULL";
    let rows = database.query(sql, &[]).await?;
    let names = rows.iter().map(|row| Ok(HEXLOWER.encode(row.blob(0)?)));
    let sent = names.collect::<Result<BTreeSet<_>, Failure>>()?;
    let mut folders = Vec::new();
    for entry in fs::read_dir(site.fixture.path(""))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("mail-") {
            folders.push(messages_in(&entry.path())?);
        }
    }
    Ok(Mail { sent, waiting: waiting?, folders })
}

fn messages_in(folder: &Path) -> io::Result<BTreeSet<String>> {
    let files = fs::read_dir(folder)?.map(|file| Ok(file?.path()));
    let names = files.filter_map(|file: io::Result<PathBuf>| match file {
        Ok(file) if file.extension().is_some_and(|it| it == "eml") => {
            Some(Ok(file.file_stem()?.to_string_lossy().into_owned()))
        }
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });
    names.collect()
}

/// Holds the audit against what was sent and answered, person by person: codes that opened a
/// session, and codes that confirmed who is there in one.
async fn count_uses(database: &Database, people: &[Person]) -> Result<Vec<(Uses, Uses)>, Failure> {
    let sql = "SELECT subject, count(*),
                   sum(CASE WHEN action = 'signed in with a second factor' THEN 1 ELSE 0 END)
               FROM audit_events WHERE tenant = $1
                   AND action IN ('signed in with a second factor', 'second factor accepted: code')
               GROUP BY subject";
    let mut audited = BTreeMap::new();
    for row in database.query(sql, &[]).await? {
        let (both, signed_in) =
            (usize::try_from(row.integer(1)?)?, usize::try_from(row.integer(2)?)?);
        audited.insert(row.text(0)?.to_owned(), (both, signed_in));
    }
    let mut names = BTreeMap::new();
    for row in database.query("SELECT email, id FROM people WHERE tenant = $1", &[]).await? {
        names.insert(row.text(0)?.to_owned(), HEXLOWER.encode(row.blob(1)?));
    }
    let counted = people.iter().map(|(seeded, account)| {
        let name = names.get(&seeded.email).ok_or("somebody is gone")?;
        let (both, signed_in) = audited.get(name).copied().unwrap_or_default();
        Ok(account.to_uses(both, signed_in))
    });
    counted.collect()
}
