//! One code, sent by everybody at once.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use portal::seeding::Seeded;
use tokio::sync::Barrier;
use tokio::task::{JoinError, JoinSet};
use upheld_totp::{Code, Parameters, Totp};

use super::{Oddity, Run, Target, now, second_factor, visitor};
use crate::connection::Connection;
use crate::tally::{Kind, Tally};

/// What the connections of a run share.
struct Round {
    target: Target,
    people: Rc<Vec<Seeded>>,
    start: Instant,
    barrier: Barrier,
    /// The code of this round; none when time is up. Drawn once, so that it is one code even if
    /// a step of time ends meanwhile.
    code: RefCell<Option<Code>>,
}

/// For each person: all connections send the same code, each from a sign-in of its own as far as
/// there are any, and keep back the last byte until all are ready.
///
/// Returns how many sessions each person got beside what the answers were.
pub(crate) async fn run(
    target: &Target,
    people: &Rc<Vec<Seeded>>,
) -> Result<(Run, Vec<u32>), JoinError> {
    let round = Rc::new(Round {
        target: target.clone(),
        people: Rc::clone(people),
        start: Instant::now(),
        barrier: Barrier::new(target.connections),
        code: RefCell::new(None),
    });
    let mut workers = JoinSet::new();
    for at in 0..target.connections {
        let round = Rc::clone(&round);
        workers.spawn_local(async move { round.take_part(at).await });
    }
    let (mut tally, mut sessions) = (Tally::default(), Vec::new());
    while let Some(done) = workers.join_next().await {
        let (of_worker, accepted) = done?;
        tally.add(of_worker);
        sessions.resize(accepted.len(), 0_u32);
        for (sum, is_accepted) in sessions.iter_mut().zip(accepted) {
            *sum = sum.saturating_add(u32::from(is_accepted));
        }
    }
    let begun = sessions.len();
    Ok((Run { tally, elapsed: round.start.elapsed(), begun }, sessions))
}

impl Round {
    async fn take_part(&self, at: usize) -> (Tally, Vec<bool>) {
        let mut connection = Connection::from(self.target.node(at), visitor(at));
        let (mut tally, mut accepted) = (Tally::default(), Vec::new());
        for seeded in self.people.iter() {
            if self.barrier.wait().await.is_leader() {
                let is_over = self.start.elapsed() >= self.target.duration;
                let totp = Totp::new(&seeded.secret, Parameters::default());
                self.code.replace((!is_over).then(|| totp.code_at(now())));
            }
            self.barrier.wait().await;
            let form = {
                let code = self.code.borrow();
                let Some(code) = code.as_ref() else { break };
                let own = at.checked_rem(seeded.awaited.len());
                let own = own.and_then(|at| seeded.awaited.get(at));
                own.map(|awaited| second_factor::form(&self.target.host, awaited, code))
            };
            let asked = Instant::now();
            let kind = self.submit(&mut connection, &form.unwrap_or_default()).await;
            accepted.push(matches!(kind, Ok(Kind::Accepted)));
            match kind {
                Ok(kind) => tally.note(kind, asked.elapsed()),
                Err(Oddity(what)) => tally.note_odd(what, asked.elapsed()),
            }
        }
        (tally, accepted)
    }

    async fn submit(&self, connection: &mut Connection, form: &[u8]) -> Result<Kind, Oddity> {
        let (last, most) = form.split_last().unzip();
        let sent = connection.send(most.unwrap_or_default()).await;
        // Whoever failed waits as well, or nobody would go on.
        self.barrier.wait().await;
        sent?;
        let last = last.ok_or_else(|| Oddity::missing("a pending login"))?;
        connection.send(&[*last]).await?;
        second_factor::judge(&connection.hear().await?)
    }
}
