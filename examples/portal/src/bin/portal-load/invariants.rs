//! What must hold in the database after a run, whatever happened in it.

use std::time::Duration;

use upheld_store::sql::Database;

use crate::Failure;
use crate::scenario::Run;
use crate::scenario::crash::Answers;
use crate::tally::Kind;

/// How many wrong codes of a person are evaluated before there is a wait.
pub(crate) const FREE_ATTEMPTS: u16 = 5;
/// The first wait; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(32);

/// Something that must hold.
#[derive(Debug)]
pub(crate) struct Law {
    pub(crate) what: &'static str,
    pub(crate) holds: bool,
    /// The figures it was judged by.
    pub(crate) seen: String,
}

impl Law {
    pub(crate) fn new(what: &'static str, holds: bool, seen: impl Into<String>) -> Self {
        Self { what, holds, seen: seen.into() }
    }
}

/// What the portal stored in a run, counted.
#[derive(Debug)]
pub(crate) struct Ledger {
    sessions: i64,
    /// The most sessions of any person.
    most_sessions: i64,
    /// Credentials of which a code was accepted.
    used_credentials: i64,
    /// Attempts at codes that were charged since the last success.
    failures: i64,
    /// The most of any person.
    most_failures: i64,
    sign_in_events: i64,
    wrong_code_events: i64,
}

impl Ledger {
    pub(crate) async fn read(database: &Database) -> Result<Self, Failure> {
        let number = async |sql: &str| -> Result<i64, Failure> {
            let rows = database.query(sql, &[]).await?;
            let number = rows.first().map(|row| row.optional_integer(0)).transpose()?;
            Ok(number.flatten().unwrap_or_default())
        };
        let (one, each, used) = (
            "SELECT count(*) FROM sessions WHERE tenant = $1",
            "SELECT max(each) FROM (SELECT count(*) AS each FROM sessions WHERE tenant = $1
             GROUP BY person) AS by_person",
            "SELECT count(*) FROM credentials WHERE tenant = $1 AND last_used IS NOT NULL",
        );
        let (all, most) = (
            "SELECT CAST(sum(failures) AS bigint) FROM second_factor_failures
             WHERE tenant = $1 AND budget = 1",
            "SELECT max(failures) FROM second_factor_failures WHERE tenant = $1 AND budget = 1",
        );
        let (signed_in, wrong) = (
            "SELECT count(*) FROM audit_events WHERE tenant = $1
             AND action = 'signed in with a second factor'",
            "SELECT count(*) FROM audit_events WHERE tenant = $1
             AND action = 'second factor refused: wrong'",
        );
        Ok(Self {
            sessions: number(one).await?,
            most_sessions: number(each).await?,
            used_credentials: number(used).await?,
            failures: number(all).await?,
            most_failures: number(most).await?,
            sign_in_events: number(signed_in).await?,
            wrong_code_events: number(wrong).await?,
        })
    }
}

/// What must hold whatever was sent.
pub(crate) fn always(ledger: &Ledger, run: &Run) -> Vec<Law> {
    of_sessions(ledger, i64::from(run.tally.count(Kind::Accepted)))
}

/// What must hold of sessions, of which so many were answered.
fn of_sessions(ledger: &Ledger, accepted: i64) -> Vec<Law> {
    let Ledger { sessions, most_sessions, used_credentials, sign_in_events, .. } = ledger;
    vec![
        Law::new(
            "no code is accepted twice: nobody has two sessions",
            *most_sessions <= 1,
            format!("at most {most_sessions}"),
        ),
        Law::new(
            "no session without a code that is used up",
            sessions <= used_credentials,
            format!("{sessions} sessions, {used_credentials} codes"),
        ),
        // The answer may have been lost on its way; the session then ends by itself.
        Law::new(
            "no sign-in is answered without a session",
            accepted <= *sessions,
            format!("{accepted} answers, {sessions} sessions"),
        ),
        Law::new(
            "every session has its event in the audit",
            sessions == sign_in_events,
            format!("{sessions} sessions, {sign_in_events} events"),
        ),
    ]
}

/// What must hold after wrong codes within `elapsed` and nothing else: `free`, which nobody had to
/// wait for, and others, `sent` in all.
pub(crate) fn of_wrong_codes(
    ledger: &Ledger,
    (free, sent): (u32, u32),
    elapsed: Duration,
) -> Vec<Law> {
    let Ledger { sessions, failures, most_failures, wrong_code_events, .. } = ledger;
    let allowed = allowed_within(elapsed);
    vec![
        Law::new("a wrong code opens nothing", *sessions == 0, format!("{sessions} sessions")),
        Law::new(
            "no more guesses are evaluated than are allowed",
            *most_failures <= allowed,
            format!("at most {most_failures} of {allowed}"),
        ),
        Law::new(
            "every guess that may be evaluated is counted",
            (i64::from(free)..=i64::from(sent)).contains(failures),
            format!("{failures}, at least {free}, at most {sent}"),
        ),
        Law::new(
            "every evaluated guess has its event in the audit",
            failures == wrong_code_events,
            format!("{failures} guesses, {wrong_code_events} events"),
        ),
    ]
}

/// What must hold after one code of each person was sent many times at once: `sessions` tells how
/// many answers opened one, for each person.
pub(crate) fn of_race(ledger: &Ledger, sessions: &[u32]) -> Vec<Law> {
    let once = sessions.iter().filter(|count| **count == 1).count();
    let people = sessions.len();
    let stored = ledger.sessions;
    vec![
        Law::new(
            "of all who send a code at once, one gets in",
            once == people,
            format!("{once} of {people}"),
        ),
        Law::new(
            "and the others leave nothing",
            i64::try_from(people).is_ok_and(|people| people == stored),
            format!("{stored} sessions of {people}"),
        ),
    ]
}

/// What must hold after the portal was killed among codes, right and wrong, and each was sent once
/// more: `before` is what was answered until then, `after` what was in all.
pub(crate) fn of_crash(ledger: &Ledger, before: Answers, after: Answers) -> Vec<Law> {
    let [accepted, refused, sent] = [after.accepted, after.refused, after.sent].map(i64::from);
    let failures = ledger.failures;
    let judged = |answers: Answers| answers.accepted.saturating_add(answers.refused);
    let again = after.sent.saturating_sub(before.sent);
    let judged_again = judged(after).saturating_sub(judged(before));
    let mut laws = of_sessions(ledger, accepted);
    laws.extend([
        Law::new(
            "the portal was killed in the middle",
            before.accepted > 0 && before.lost > 0,
            format!("{} accepted, {} not answered", before.accepted, before.lost),
        ),
        Law::new(
            "the portal judges every code once it is back",
            after.lost == before.lost && judged_again == again && again > 0,
            format!("{judged_again} of {again}"),
        ),
        // Nobody is accepted after they were refused, so a success forgets no failure that was
        // answered: the code that was accepted once is refused for ever, and counted each time.
        Law::new(
            "no failure that was answered is lost",
            (refused..=sent.saturating_sub(accepted)).contains(&failures),
            format!("{failures} counted, {refused} answered, {sent} sent"),
        ),
    ]);
    laws
}

/// How many guesses at one account may be evaluated within `elapsed`.
fn allowed_within(elapsed: Duration) -> i64 {
    let mut allowed = i64::from(FREE_ATTEMPTS);
    let (mut wait, mut end) = (FIRST_WAIT, FIRST_WAIT);
    while end <= elapsed {
        allowed = allowed.saturating_add(1);
        wait = wait.saturating_mul(2);
        end = end.saturating_add(wait);
    }
    allowed
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ledger, allowed_within, always, of_crash, of_race, of_wrong_codes};
    use crate::scenario::Run;
    use crate::scenario::crash::Answers;
    use crate::tally::{Kind, Tally};

    const GOOD: Ledger = Ledger {
        sessions: 1,
        most_sessions: 1,
        used_credentials: 1,
        failures: 0,
        most_failures: 0,
        sign_in_events: 1,
        wrong_code_events: 0,
    };
    const WRONG: Ledger = Ledger {
        sessions: 0,
        most_sessions: 0,
        used_credentials: 0,
        failures: 9,
        most_failures: 5,
        sign_in_events: 0,
        wrong_code_events: 9,
    };

    fn broken(ledger: &Ledger) -> usize {
        let mut tally = Tally::default();
        tally.note(Kind::Accepted, Duration::ZERO);
        let run = Run { tally, elapsed: Duration::ZERO, begun: 1 };
        always(ledger, &run).iter().filter(|law| !law.holds).count()
    }

    #[test]
    fn each_thing_that_can_go_wrong_breaks_a_law() {
        assert_eq!(broken(&GOOD), 0);
        assert_eq!(broken(&Ledger { most_sessions: 2, ..GOOD }), 1);
        assert_eq!(broken(&Ledger { used_credentials: 0, ..GOOD }), 1);
        assert_eq!(broken(&Ledger { sessions: 0, sign_in_events: 0, ..GOOD }), 1);
        assert_eq!(broken(&Ledger { sign_in_events: 0, ..GOOD }), 1);
    }

    #[test]
    fn each_guess_too_many_breaks_a_law() {
        let broken = |ledger: &Ledger, sent| {
            let laws = of_wrong_codes(ledger, (9, sent), Duration::from_secs(10));
            laws.iter().filter(|law| !law.holds).count()
        };
        assert_eq!(broken(&WRONG, 14), 0);
        assert_eq!(broken(&Ledger { sessions: 1, ..WRONG }, 14), 1);
        assert_eq!(broken(&Ledger { most_failures: 6, ..WRONG }, 14), 1);
        assert_eq!(broken(&Ledger { failures: 8, wrong_code_events: 8, ..WRONG }, 14), 1);
        assert_eq!(broken(&WRONG, 8), 1);
        assert_eq!(broken(&Ledger { wrong_code_events: 8, ..WRONG }, 14), 1);
    }

    #[test]
    fn a_race_that_nobody_or_two_win_breaks_a_law() {
        let broken =
            |sessions: &[u32]| of_race(&GOOD, sessions).iter().filter(|law| !law.holds).count();
        assert_eq!(broken(&[1]), 0);
        assert_eq!(broken(&[0]), 1);
        assert_eq!(broken(&[2]), 1);
        assert_eq!(broken(&[1, 1]), 1);
    }

    #[test]
    fn what_a_crash_loses_breaks_a_law() {
        // Of six people the fifth is in the middle of it when the portal is killed, and the sixth
        // finds nobody there.
        let before = Answers { accepted: 2, refused: 2, odd: 0, lost: 2, sent: 6 };
        // Two replays, three wrong codes, and one right code that was lost.
        let after = Answers { accepted: 3, refused: 7, odd: 0, lost: 2, sent: 12 };
        let good = Ledger {
            sessions: 3,
            used_credentials: 3,
            failures: 7,
            most_failures: 2,
            sign_in_events: 3,
            ..GOOD
        };
        let broken = |ledger: &Ledger, before: Answers, after: Answers| {
            of_crash(ledger, before, after).iter().filter(|law| !law.holds).count()
        };
        assert_eq!(broken(&good, before, after), 0);
        // What was lost may have been counted.
        assert_eq!(broken(&Ledger { failures: 8, ..good }, before, after), 0);
        assert_eq!(broken(&Ledger { failures: 10, ..good }, before, after), 1);
        assert_eq!(broken(&good, before, Answers { lost: 3, sent: 13, ..after }), 1);
        assert_eq!(broken(&Ledger { most_sessions: 2, ..good }, before, after), 1);
        // Both failures before the kill, or one of them.
        assert_eq!(broken(&Ledger { failures: 5, ..good }, before, after), 1);
        assert_eq!(broken(&Ledger { failures: 6, ..good }, before, after), 1);
        assert_eq!(broken(&Ledger { used_credentials: 2, ..good }, before, after), 1);
        let fewer = Ledger { sessions: 2, sign_in_events: 2, ..good };
        assert_eq!(broken(&fewer, before, after), 1);
        assert_eq!(broken(&Ledger { sign_in_events: 2, ..good }, before, after), 1);
    }

    #[test]
    fn a_portal_that_was_not_killed_or_does_not_come_back_breaks_a_law() {
        let before = Answers { accepted: 2, refused: 2, odd: 0, lost: 2, sent: 6 };
        let after = Answers { accepted: 3, refused: 7, odd: 0, lost: 2, sent: 12 };
        let ledger = Ledger { sessions: 3, used_credentials: 3, sign_in_events: 3, ..GOOD };
        let broken = |failures, before, after| {
            let laws = of_crash(&Ledger { failures, ..ledger }, before, after);
            laws.iter().filter(|law| !law.holds).count()
        };
        assert_eq!(broken(7, before, after), 0);
        assert_eq!(
            broken(7, Answers { odd: 2, lost: 0, ..before }, Answers { odd: 2, lost: 0, ..after }),
            1
        );
        // It answers something else, or nothing, or nobody asked.
        let odd = Answers { odd: 6, sent: 12, ..before };
        assert_eq!(broken(2, before, odd), 1);
        let lost = Answers { lost: 8, sent: 12, ..before };
        assert_eq!(broken(2, before, lost), 1);
        assert_eq!(broken(2, before, before), 1);
    }

    #[test]
    fn waits_double() {
        let allowed = [0, 31, 32, 95, 96, 223, 224].map(Duration::from_secs).map(allowed_within);
        assert_eq!(allowed, [5, 5, 6, 6, 7, 7, 8]);
    }
}
