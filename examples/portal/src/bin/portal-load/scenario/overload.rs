//! More passwords than can be hashed, at a steady pace whatever the answers; and beside them
//! somebody who only wants to see a page.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use portal::seeding::Seeded;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::login::Form;
use super::{Oddity, Run, Target, second_factor, visitor};
use crate::connection::Connection;
use crate::tally::{Kind, Tally};

/// How often the page is asked for.
const PAGE_INTERVAL: Duration = Duration::from_millis(10);

/// A password, ready to be sent.
struct Sender {
    target: Target,
    form: Form,
    password: String,
    /// Connections that wait for nothing.
    idle: RefCell<Vec<Connection>>,
}

/// Sends the password of one person after the other, `per_second`, and asks for pages meanwhile.
///
/// Returns what became of the passwords, and of the pages.
pub(crate) async fn run(
    target: &Target,
    people: Rc<Vec<Seeded>>,
    password: &str,
    per_second: f64,
) -> Result<(Run, Run), JoinError> {
    let mut connection = Connection::new(target.node(0));
    let form = match Form::ask(&mut connection, &target.host).await {
        Ok(form) => form,
        Err(Oddity(what)) => {
            let mut tally = Tally::default();
            tally.note_odd(what, Duration::ZERO);
            let nothing = Run { tally: Tally::default(), elapsed: Duration::ZERO, begun: 0 };
            return Ok((Run { tally, elapsed: Duration::ZERO, begun: 0 }, nothing));
        }
    };
    let sender = Sender {
        target: target.clone(),
        form,
        password: password.to_owned(),
        idle: RefCell::new(Vec::new()),
    };
    let pages = tokio::task::spawn_local(look_on(target.clone()));
    let passwords = Rc::new(sender).send_all(people, per_second).await?;
    Ok((passwords, pages.await?))
}

impl Sender {
    async fn send_all(
        self: Rc<Self>,
        people: Rc<Vec<Seeded>>,
        per_second: f64,
    ) -> Result<Run, JoinError> {
        let start = Instant::now();
        let mut pace = interval(Duration::from_secs_f64(1.0 / per_second.max(1.0)));
        // What could not be sent in time is sent at once: the load does not yield.
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut under_way = JoinSet::new();
        for at in 0..people.len() {
            pace.tick().await;
            if start.elapsed() >= self.target.duration {
                break;
            }
            let (sender, people) = (Rc::clone(&self), Rc::clone(&people));
            under_way.spawn_local(async move {
                let asked = Instant::now();
                let sent = match people.get(at) {
                    Some(seeded) => sender.send(seeded, at).await,
                    None => Err(Oddity::missing("somebody")),
                };
                (sent, asked.elapsed())
            });
        }
        let (mut tally, mut begun) = (Tally::default(), 0_usize);
        while let Some(done) = under_way.join_next().await {
            begun = begun.saturating_add(1);
            match done? {
                (Ok(kind), took) => tally.note(kind, took),
                (Err(Oddity(what)), took) => tally.note_odd(what, took),
            }
        }
        // Until the last of those who waited had an answer.
        Ok(Run { tally, elapsed: start.elapsed(), begun })
    }

    async fn send(&self, seeded: &Seeded, at: usize) -> Result<Kind, Oddity> {
        let Target { host, .. } = &self.target;
        let idle = self.idle.borrow_mut().pop();
        let mut connection =
            idle.unwrap_or_else(|| Connection::from(self.target.node(at), visitor(at)));
        let form = self.form.filled_in(host, &seeded.email, &self.password);
        let answer = connection.ask(&form).await?;
        let kind = match (answer.status, answer.header("location")) {
            (303, Some(second_factor::PATH)) => Ok(Kind::Accepted),
            (422, _) => Ok(Kind::Refused),
            (503, _) if answer.header("retry-after").is_some() => Ok(Kind::Busy),
            _ => Err(Oddity::status(&answer)),
        };
        self.idle.borrow_mut().push(connection);
        kind
    }
}

/// Asks for a page that needs no password, again and again.
async fn look_on(target: Target) -> Run {
    let start = Instant::now();
    let mut connection = Connection::new(target.node(0));
    let mut pace = interval(PAGE_INTERVAL);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut tally, mut begun) = (Tally::default(), 0_usize);
    while start.elapsed() < target.duration {
        pace.tick().await;
        begun = begun.saturating_add(1);
        let asked = Instant::now();
        match Form::ask(&mut connection, &target.host).await {
            Ok(_) => tally.note(Kind::Page, asked.elapsed()),
            Err(Oddity(what)) => tally.note_odd(what, asked.elapsed()),
        }
    }
    Run { tally, elapsed: start.elapsed(), begun }
}
