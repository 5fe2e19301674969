//! What must be true when two portals have been driven and disturbed for minutes.

use std::collections::BTreeSet;

use super::account::Done;
use crate::invariants::Law;

/// More memory than this beside half of what it had is growth that does not end.
const SLACK_KIB: u64 = 64 * 1024;

/// The e-mails of a run, by name.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    /// Those that the outbox says were sent.
    pub(crate) sent: BTreeSet<String>,
    /// How many it has yet to send.
    pub(crate) waiting: usize,
    /// What each process wrote, in a folder of its own.
    pub(crate) folders: Vec<BTreeSet<String>>,
}

/// A command that an operator gave in the midst of it.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) command: &'static str,
    /// Why it did not do what it should have.
    pub(crate) failed: Option<String>,
}

/// What was seen in a run and after it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Whatever an answer said that must never be.
    pub(crate) wrongs: Vec<String>,
    /// People whose account was looked at in the end, of how many.
    pub(crate) looked_at: (usize, usize),
    /// What was acknowledged.
    pub(crate) done: Done,
    /// Right codes to open a session, for each person.
    pub(crate) sign_ins: Vec<Uses>,
    /// Right codes to confirm that it is them, for each person.
    pub(crate) confirmations: Vec<Uses>,
    /// Answers that say that the portal failed.
    pub(crate) failures: u32,
    pub(crate) mail: Mail,
    /// Whether each node says that it is ready.
    pub(crate) ready: Vec<bool>,
    pub(crate) kills: usize,
    /// How many requests were under way at a node when it was killed.
    pub(crate) struck: usize,
    pub(crate) given: Vec<Given>,
    /// Resident memory of the node that was never killed, once warm and in the end.
    pub(crate) memory_kib: (u64, u64),
}

/// How often one person made use of codes, by three accounts: what was sent, what answers say, and
/// what the audit says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uses {
    pub(crate) codes: usize,
    pub(crate) answered: usize,
    pub(crate) audited: usize,
}

/// Judges a run.
pub(crate) fn laws(seen: &Seen) -> Vec<Law> {
    let (looked_at, people) = seen.looked_at;
    let wrongs: BTreeSet<&str> = seen.wrongs.iter().map(String::as_str).collect();
    let wrongs: Vec<&str> = wrongs.into_iter().collect();
    let ready = seen.ready.iter().filter(|ready| **ready).count();
    let (warm, end) = seen.memory_kib;
    let mut laws = vec![
        Law::new(
            "nothing that was acknowledged is lost, and nothing is done twice",
            wrongs.is_empty(),
            if wrongs.is_empty() { "no answer says so".to_owned() } else { wrongs.join("; ") },
        ),
        Law::new(
            "everybody's account is as they know it in the end",
            looked_at == people && people > 0,
            format!("{looked_at} of {people} looked at"),
        ),
        Law::new(
            "no answer says that the portal failed",
            seen.failures == 0,
            format!("{} do", seen.failures),
        ),
        Law::new(
            "every node is ready in the end",
            ready == seen.ready.len() && ready > 1,
            format!("{ready} of {}", seen.ready.len()),
        ),
        Law::new(
            "memory does not grow without end",
            warm > 0 && end <= warm.saturating_add(warm / 2).saturating_add(SLACK_KIB),
            format!("{warm} KiB when warm, {end} KiB in the end"),
        ),
    ];
    laws.push(of_done(seen.done));
    laws.extend(of_uses(
        &seen.sign_ins,
        [
            "no code is accepted twice: nobody has more sessions than codes they sent",
            "no sign-in that was acknowledged is missing in the audit",
        ],
    ));
    laws.extend(of_uses(
        &seen.confirmations,
        [
            "nobody has confirmed who they are more often than they sent codes for it",
            "no confirmation that was acknowledged is missing in the audit",
        ],
    ));
    laws.extend(of_mail(&seen.mail, seen.kills));
    laws.extend(of_commands(&seen.given, (seen.kills, seen.struck)));
    laws
}

/// What nobody did was not tried.
fn of_done(done: Done) -> Law {
    let Done { renames, consents, requests, copies } = done;
    Law::new(
        "names, consents and requests were changed, and copies taken",
        [renames, consents, requests, copies].into_iter().all(|count| count > 0),
        format!("{renames} names, {consents} consents, {requests} requests, {copies} copies"),
    )
}

fn of_uses(uses: &[Uses], [twice, missing]: [&'static str; 2]) -> [Law; 2] {
    let sum = |count: fn(&Uses) -> usize| uses.iter().map(count).sum::<usize>();
    let (codes, audited) = (sum(|it| it.codes), sum(|it| it.audited));
    let answered = sum(|it| it.answered);
    [
        Law::new(
            twice,
            uses.iter().all(|it| it.audited <= it.codes),
            format!("{audited} in the audit, {codes} codes"),
        ),
        Law::new(
            missing,
            answered > 0 && uses.iter().all(|it| it.answered <= it.audited),
            format!("{answered} answers, {audited} in the audit"),
        ),
    ]
}

/// A process that is killed between handing a message over and noting so leaves it to be sent once
/// more, under the same name; each sends one at a time.
fn of_mail(mail: &Mail, kills: usize) -> [Law; 2] {
    let written: BTreeSet<&String> = mail.folders.iter().flatten().collect();
    let all: usize = mail.folders.iter().map(BTreeSet::len).sum();
    let twice = all.saturating_sub(written.len());
    let missing = mail.sent.iter().filter(|name| !written.contains(name)).count();
    let unknown = written.iter().filter(|name| !mail.sent.contains(name.as_str())).count();
    [
        Law::new(
            "the outbox is emptied, and has each e-mail that was sent",
            mail.waiting == 0 && missing == 0 && unknown == 0 && !mail.sent.is_empty(),
            format!(
                "{} sent, {} waiting, {missing} missing, {unknown} unknown",
                mail.sent.len(),
                mail.waiting
            ),
        ),
        Law::new(
            "each e-mail is sent once, or once more where a process was killed in the middle of it",
            twice <= kills,
            format!("{twice} twice, {kills} kills"),
        ),
    ]
}

fn of_commands(given: &[Given], (kills, struck): (usize, usize)) -> [Law; 2] {
    let faults: Vec<String> = given
        .iter()
        .filter_map(|it| it.failed.as_ref().map(|why| format!("{}: {why}", it.command)))
        .collect();
    let fine = given.len().saturating_sub(faults.len());
    [
        Law::new(
            "every command of the operator does what it should",
            faults.is_empty() && fine > 0,
            if faults.is_empty() { format!("{fine} do") } else { faults.join("; ") },
        ),
        Law::new(
            "there were disturbances, and kills in the middle of requests",
            kills > 0 && struck > 0 && given.iter().any(|it| it.command == "keys rotate"),
            format!("{kills} kills, {struck} requests, {} commands", given.len()),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Done, Given, Mail, Seen, Uses, laws};

    fn names(names: &[&str]) -> std::collections::BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn good() -> Seen {
        Seen {
            wrongs: Vec::new(),
            looked_at: (2, 2),
            done: Done { renames: 1, consents: 1, requests: 1, copies: 1 },
            sign_ins: vec![Uses { codes: 3, answered: 1, audited: 2 }; 2],
            confirmations: vec![Uses { codes: 1, answered: 1, audited: 1 }; 2],
            failures: 0,
            mail: Mail {
                sent: names(&["a", "b"]),
                waiting: 0,
                folders: vec![names(&["a"]), names(&["b"])],
            },
            ready: vec![true, true],
            kills: 1,
            struck: 1,
            given: vec![Given { command: "keys rotate", failed: None }],
            memory_kib: (100_000, 150_000),
        }
    }

    /// The laws that a run breaks which is good but for one thing.
    fn broken(spoil: impl FnOnce(&mut Seen)) -> Vec<&'static str> {
        let mut seen = good();
        spoil(&mut seen);
        laws(&seen).iter().filter(|law| !law.holds).map(|law| law.what).collect()
    }

    #[test]
    fn a_good_run_breaks_no_law() {
        assert!(broken(|_| {}).is_empty());
        // Once more, by a process that was killed.
        assert!(broken(|seen| seen.mail.folders.push(names(&["a"]))).is_empty());
    }

    #[test]
    fn each_thing_that_can_go_wrong_breaks_one_law() {
        type Spoil = (&'static str, fn(&mut Seen));
        let spoils: [Spoil; 24] = [
            ("nothing that was", |seen| seen.wrongs.push("a name is lost".to_owned())),
            ("everybody's account", |seen| seen.looked_at = (1, 2)),
            ("no answer says", |seen| seen.failures = 1),
            ("every node", |seen| seen.ready = vec![true, false]),
            ("every node", |seen| seen.ready = vec![true]),
            ("memory", |seen| seen.memory_kib.1 = 300_000),
            ("memory", |seen| seen.memory_kib.0 = 0),
            ("names, consents", |seen| seen.done.renames = 0),
            ("names, consents", |seen| seen.done.consents = 0),
            ("names, consents", |seen| seen.done.requests = 0),
            ("names, consents", |seen| seen.done.copies = 0),
            ("nobody has confirmed", |seen| {
                seen.confirmations.push(Uses { codes: 1, answered: 1, audited: 2 });
            }),
            ("no confirmation", |seen| seen.confirmations.clear()),
            ("no code is", |seen| {
                seen.sign_ins = vec![
                    Uses { codes: 9, answered: 1, audited: 1 },
                    Uses { codes: 1, answered: 1, audited: 2 },
                ];
            }),
            ("no sign-in", |seen| {
                seen.sign_ins.push(Uses { codes: 3, answered: 2, audited: 1 });
            }),
            ("the outbox", |seen| seen.mail.waiting = 1),
            ("the outbox", |seen| seen.mail.folders = vec![names(&["a"])]),
            ("the outbox", |seen| seen.mail.folders.push(names(&["c"]))),
            ("each e-mail", |seen| seen.mail.folders.push(names(&["a", "b"]))),
            ("each e-mail", |seen| {
                seen.mail.folders.extend([names(&["a"]), names(&["a"])]);
            }),
            ("every command", |seen| {
                seen.given.push(Given { command: "audit verify", failed: Some("1".to_owned()) });
            }),
            ("there were", |seen| seen.kills = 0),
            ("there were", |seen| seen.struck = 0),
            ("there were", |seen| {
                seen.given = vec![Given { command: "audit verify", failed: None }];
            }),
        ];
        for (law, spoil) in spoils {
            let broken = broken(spoil);
            assert!(matches!(&*broken, [one] if one.starts_with(law)), "{law}: {broken:?}");
        }
    }
}
