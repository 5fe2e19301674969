//! The server is killed in the middle, started again, and asked the same once more.

use std::cell::RefCell;
use std::rc::Rc;

use portal::seeding::Seeded;
use tokio::task::JoinError;
use upheld_totp::{Code, Parameters, Totp};

use super::{Oddity, Run, Target, closed_loop, now, second_factor};
use crate::connection::Connection;
use crate::server;
use crate::tally::Kind;

/// What one person sends, and what was answered.
struct Sender {
    seeded: Seeded,
    /// Whether the code is right.
    is_right: bool,
    /// Drawn when it is first sent, and the same ever after.
    code: RefCell<Option<Code>>,
}

/// What was answered over both times.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Answers {
    /// Right codes with which a session was opened.
    pub(crate) accepted: u32,
    /// Wrong codes that were refused, so that the attempt must be counted.
    pub(crate) refused: u32,
    /// What was sent and never answered.
    pub(crate) lost: u32,
    /// Everything that was sent.
    pub(crate) sent: u32,
}

/// Every second person sends a right code, and the others a wrong one.
pub(crate) struct Crash {
    senders: Rc<Vec<Sender>>,
    answers: Rc<RefCell<Answers>>,
}

impl Crash {
    pub(crate) fn new(people: Vec<Seeded>) -> Self {
        let turns = [true, false].into_iter().cycle();
        let sender = |(seeded, is_right)| Sender { seeded, is_right, code: RefCell::default() };
        let senders = people.into_iter().zip(turns).map(sender).collect();
        Self { senders: Rc::new(senders), answers: Rc::default() }
    }

    /// Everybody sends their code, from the sign-in with this number. The process `victim` is killed
    /// once half of them have begun, with requests of all connections under way.
    pub(crate) async fn run(
        &self,
        target: &Target,
        sign_in: usize,
        victim: Option<u32>,
    ) -> Result<Run, JoinError> {
        let half = self.senders.len() / 2;
        let (host, senders) = (target.host.clone(), Rc::clone(&self.senders));
        let answers = Rc::clone(&self.answers);
        let jobs: Vec<usize> = (0..senders.len()).collect();
        closed_loop(target, Rc::new(jobs), async move |connection: &mut Connection, at: &usize| {
            if *at == half
                && let Some(victim) = victim
            {
                server::kill(victim)?;
            }
            let sender = senders.get(*at).ok_or_else(|| Oddity::missing("somebody"))?;
            let kind = sender.send(connection, &host, sign_in).await;
            answers.borrow_mut().note(sender.is_right, &kind);
            kind
        })
        .await
    }

    pub(crate) fn answers(&self) -> Answers {
        *self.answers.borrow()
    }
}

impl Sender {
    async fn send(
        &self,
        connection: &mut Connection,
        host: &str,
        sign_in: usize,
    ) -> Result<Kind, Oddity> {
        let awaited = self.seeded.awaited.get(sign_in);
        let awaited = awaited.ok_or_else(|| Oddity::missing("a pending login"))?;
        let totp = Totp::new(&self.seeded.secret, Parameters::default());
        let form = {
            let mut code = self.code.borrow_mut();
            let code = code.get_or_insert_with(|| {
                if self.is_right { totp.code_at(now()) } else { second_factor::wrong_code(&totp) }
            });
            second_factor::form(host, awaited, code)
        };
        second_factor::judge(&connection.ask(&form).await?)
    }
}

impl Answers {
    fn note(&mut self, is_right: bool, kind: &Result<Kind, Oddity>) {
        let count = |is: bool, sum: u32| sum.saturating_add(u32::from(is));
        let is_answered = matches!(kind, Ok(Kind::Accepted | Kind::Refused));
        self.accepted = count(matches!(kind, Ok(Kind::Accepted)), self.accepted);
        self.refused = count(is_answered && !is_right, self.refused);
        self.sent = count(true, self.sent);
        self.lost = count(kind.is_err(), self.lost);
    }
}
