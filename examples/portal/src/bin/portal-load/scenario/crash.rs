//! The server is killed in the middle, started again, and asked the same once more.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use portal::seeding::Seeded;
use tokio::task::JoinError;
use upheld_totp::{Code, Parameters, Totp};

use super::{Oddity, Run, Target, closed_loop, now, second_factor};
use crate::connection::{Answer, Connection};
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
    /// Codes with which a session was opened.
    pub(crate) accepted: u32,
    /// Codes that were judged and refused, wrong or used before, so that the attempt must be counted.
    pub(crate) refused: u32,
    /// Answers that judge nothing: nothing need be counted for them.
    pub(crate) odd: u32,
    /// What was sent and never answered.
    pub(crate) lost: u32,
    /// Everything that was sent.
    pub(crate) sent: u32,
}

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Accepted,
    Refused,
    /// An answer that does not say that a code was judged.
    Otherwise,
    Nothing,
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
    /// once half of them have begun or half of the time is over, with requests of all connections
    /// under way.
    pub(crate) async fn run(
        &self,
        target: &Target,
        sign_in: usize,
        victim: Option<u32>,
    ) -> Result<Run, JoinError> {
        let half = (self.senders.len() / 2, target.duration.div_f64(2.0));
        let (start, victim) = (Instant::now(), Cell::new(victim));
        let (host, senders) = (target.host.clone(), Rc::clone(&self.senders));
        let answers = Rc::clone(&self.answers);
        let jobs: Vec<usize> = (0..senders.len()).collect();
        closed_loop(target, Rc::new(jobs), async move |connection: &mut Connection, at: &usize| {
            if (*at >= half.0 || start.elapsed() >= half.1)
                && let Some(victim) = victim.take()
            {
                server::kill(victim)?;
            }
            let sender = senders.get(*at).ok_or_else(|| Oddity::missing("somebody"))?;
            let form = sender.form(&host, sign_in)?;
            let answer = connection.ask(&form).await;
            answers.borrow_mut().note(answer.as_ref().map_or(Came::Nothing, Came::of));
            second_factor::judge(&answer?)
        })
        .await
    }

    pub(crate) fn answers(&self) -> Answers {
        *self.answers.borrow()
    }
}

impl Sender {
    /// The form with the code.
    fn form(&self, host: &str, sign_in: usize) -> Result<Vec<u8>, Oddity> {
        let awaited = self.seeded.awaited.get(sign_in);
        let awaited = awaited.ok_or_else(|| Oddity::missing("a pending login"))?;
        let totp = Totp::new(&self.seeded.secret, Parameters::default());
        let mut code = self.code.borrow_mut();
        let code = code.get_or_insert_with(|| {
            if self.is_right { totp.code_at(now()) } else { second_factor::wrong_code(&totp) }
        });
        Ok(second_factor::form(host, awaited, code))
    }
}

impl Came {
    fn of(answer: &Answer<'_>) -> Self {
        match second_factor::judge(answer) {
            Ok(Kind::Accepted) => Self::Accepted,
            // Who is sent back to the beginning was not judged.
            Ok(Kind::Refused) if answer.status == 422 => Self::Refused,
            _ => Self::Otherwise,
        }
    }
}

impl Answers {
    fn note(&mut self, came: Came) {
        let sum = match came {
            Came::Accepted => &mut self.accepted,
            Came::Refused => &mut self.refused,
            Came::Otherwise => &mut self.odd,
            Came::Nothing => &mut self.lost,
        };
        *sum = sum.saturating_add(1);
        self.sent = self.sent.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::{Answers, Came};
    use crate::connection::Connection;
    use crate::connection::tests::serve;

    #[tokio::test]
    async fn only_who_was_judged_counts_as_refused() {
        let address = serve(&[&[
            "HTTP/1.1 303 See Other\r\nlocation: /account\r\ncontent-length: 0\r\n\
             set-cookie: __Host-session=a; Secure\r\n\r\n",
            "HTTP/1.1 422 Unprocessable Content\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 303 See Other\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
            "",
        ]]);
        let mut connection = Connection::new(address);
        let mut answers = Answers::default();
        for expected in [
            Came::Accepted,
            Came::Refused,
            Came::Otherwise,
            Came::Otherwise,
            Came::Otherwise,
            Came::Nothing,
        ] {
            let answer = connection.ask(b"code").await;
            let came = answer.as_ref().map_or(Came::Nothing, Came::of);
            assert_eq!(came, expected);
            answers.note(came);
        }
        let Answers { accepted, refused, odd, lost, sent } = answers;
        assert_eq!([accepted, refused, odd, lost, sent], [1, 1, 3, 1, 6]);
    }
}
