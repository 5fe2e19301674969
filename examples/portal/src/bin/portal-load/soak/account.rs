//! What is known of a person's account from the answers alone, to be held against what is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::laws::Uses;
use super::said::Said;
use crate::invariants::FREE_ATTEMPTS;
use crate::request::hidden_field;
use crate::scenario::Oddity;

/// What the consent centre asks, as its addresses name it.
pub(crate) const QUESTIONS: [&str; 6] = [
    "news-by-email",
    "news-by-text",
    "news-by-call",
    "news-by-post",
    "surveys-by-email",
    "research",
];

/// A code is good for the step after its own as well.
const GOOD_FOR: Duration = Duration::from_secs(30);

/// A value that was changed: what the last answer said, and whatever was asked for since without
/// an answer, which may have come to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known<T>(Vec<T>);

impl<T: PartialEq> Known<T> {
    pub(crate) fn of(value: T) -> Self {
        Self(vec![value])
    }

    /// An answer says that it is so.
    pub(crate) fn is(&mut self, value: T) {
        self.0 = vec![value];
    }

    /// It was asked for, and no answer came.
    pub(crate) fn may_be(&mut self, value: T) {
        self.0.push(value);
    }

    pub(crate) fn allows(&self, seen: &T) -> bool {
        self.0.contains(seen)
    }
}

/// How often the portal said that something was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) renames: usize,
    pub(crate) consents: usize,
    /// Requests made, and requests taken back.
    pub(crate) requests: usize,
    /// Copies of data taken.
    pub(crate) copies: usize,
}

impl Done {
    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            renames: self.renames.saturating_add(other.renames),
            consents: self.consents.saturating_add(other.consents),
            requests: self.requests.saturating_add(other.requests),
            copies: self.copies.saturating_add(other.copies),
        }
    }
}

/// Everything that the portal has said to somebody.
#[derive(Debug)]
pub(crate) struct Account {
    /// The steps whose codes were sent.
    pub(crate) codes: BTreeSet<u64>,
    /// How many of them were sent to confirm that it is them, and how many of those did.
    pub(crate) to_confirm: usize,
    pub(crate) confirmed: usize,
    /// How many codes, right or wrong, may be counted as failures.
    charged: u16,
    /// The cookie of a session that was left open, for the next visit.
    pub(crate) session: Option<String>,
    /// The steps whose codes opened a session.
    pub(crate) accepted: BTreeSet<u64>,
    pub(crate) name: Known<String>,
    pub(crate) consents: BTreeMap<&'static str, Known<bool>>,
    /// Requests by their name, and whether each is open.
    pub(crate) requests: BTreeMap<String, Known<bool>>,
    pub(crate) done: Done,
    /// What must never be, in a few words.
    pub(crate) wrongs: Vec<String>,
}

impl Account {
    /// One that is new.
    pub(crate) fn new() -> Self {
        Self {
            codes: BTreeSet::new(),
            to_confirm: 0,
            confirmed: 0,
            charged: 0,
            session: None,
            accepted: BTreeSet::new(),
            name: Known::of("Somebody".to_owned()),
            consents: QUESTIONS.into_iter().map(|name| (name, Known::of(false))).collect(),
            requests: BTreeMap::new(),
            done: Done::default(),
            wrongs: Vec::new(),
        }
    }

    /// The code of a step opened so many sessions just now.
    pub(crate) fn note_sessions(&mut self, step: u64, sessions: usize) {
        if sessions > 1 || (sessions == 1 && !self.accepted.insert(step)) {
            self.wrongs.push("a code opened two sessions".to_owned());
        }
    }

    /// What was sent and answered, to open sessions and to confirm who is there, beside the audit: so
    /// many events of a code or a session, and so many of a session. Every session has both.
    pub(crate) fn to_uses(&self, events: usize, sessions: usize) -> (Uses, Uses) {
        let accepted = events.saturating_sub(sessions);
        let sign_ins = Uses {
            codes: self.codes.len().saturating_sub(self.to_confirm),
            answered: self.accepted.len(),
            audited: sessions,
        };
        let confirmations = Uses {
            codes: self.to_confirm,
            answered: self.confirmed,
            audited: accepted.saturating_sub(sessions),
        };
        (sign_ins, confirmations)
    }

    /// So many codes are sent at once.
    pub(crate) fn note_sent(&mut self, codes: u16) {
        self.charged = self.charged.saturating_add(codes);
    }

    /// A code was accepted, which forgets what was counted; the same code at the other node may have
    /// been counted after that.
    pub(crate) fn note_accepted(&mut self) {
        self.charged = 1;
    }

    /// A right code that was never sent before was refused wherever it was sent, and each said so,
    /// so long after it was made. That is wrong, unless so many came before it that it had to wait, or
    /// the machine was so slow that its time was over.
    pub(crate) fn note_refused(&mut self, age: Duration) {
        if self.charged <= FREE_ATTEMPTS && age < GOOD_FOR {
            self.wrongs.push("a right code was refused".to_owned());
        }
    }

    /// Looks at an answer to somebody whose session was opened, at whichever node, and never ended.
    pub(crate) fn see_answer(&mut self, said: &Said) -> Result<(), Oddity> {
        if said.leads_to("/login") {
            self.wrongs.push("a session that was opened is unknown".to_owned());
            return Err(said.unexpected());
        }
        if said.status >= 500 { Err(said.unexpected()) } else { Ok(()) }
    }

    /// A copy that was shown to be ready was taken twice: whether each answer had it.
    pub(crate) fn note_copies(&mut self, first: bool, second: bool) {
        match (first, second) {
            (true, false) => self.done.copies = self.done.copies.saturating_add(1),
            (true, true) => self.wrongs.push("a copy was taken twice".to_owned()),
            (false, _) => self.wrongs.push("a copy that was ready is lost".to_owned()),
        }
    }

    /// Holds the profile against what was acknowledged.
    pub(crate) fn see_profile(&mut self, page: &str) {
        let Some(name) = hidden_field(page, "display_name").map(str::to_owned) else {
            self.wrongs.push("the profile has no name".to_owned());
            return;
        };
        if self.name.allows(&name) {
            // Whatever was unclear is clear now.
            self.name.is(name);
        } else {
            self.wrongs.push("a name that was acknowledged is lost".to_owned());
        }
    }

    /// Holds the consent centre against what was acknowledged.
    pub(crate) fn see_consents(&mut self, page: &str) {
        for (question, known) in &mut self.consents {
            let given = is_given(page, question);
            if known.allows(&given) {
                known.is(given);
            } else {
                self.wrongs.push(format!("an answer to {question} that was acknowledged is lost"));
            }
        }
    }

    /// Holds what is at the address of a request against what was acknowledged.
    pub(crate) fn see_request(&mut self, name: &str, said: &Said) -> Result<(), Oddity> {
        let Some(known) = self.requests.get_mut(name) else { return Ok(()) };
        if said.status == 404 {
            self.wrongs.push("a request that was acknowledged is lost".to_owned());
            return Ok(());
        }
        let page = said.page();
        if said.status != 200 || !page.contains(&format!("<code>{name}</code>")) {
            return Err(said.unexpected());
        }
        let is_open = page.contains(&format!("/requests/{name}/withdraw"));
        if known.allows(&is_open) {
            known.is(is_open);
        } else {
            self.wrongs.push("a request is open that is not, or the reverse".to_owned());
        }
        Ok(())
    }
}

/// Whether the consent centre shows that somebody agreed: it offers to take that back.
pub(crate) fn is_given(page: &str, question: &str) -> bool {
    page.contains(&format!("/account/consents/{question}/withdraw\""))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Account, GOOD_FOR, Known, Uses};
    use crate::soak::said::tests::{redirect, said};

    const PROFILE: &str = r#"<input name="display_name" value="Robin">"#;

    #[test]
    fn what_was_not_answered_may_be_or_not_and_what_was_answered_is() {
        let mut known = Known::of(1);
        known.may_be(2);
        assert_eq!([1, 2, 3].map(|seen| known.allows(&seen)), [true, true, false]);
        known.is(3);
        assert_eq!([1, 2, 3].map(|seen| known.allows(&seen)), [false, false, true]);
    }

    #[test]
    fn a_code_that_opens_two_sessions_is_told() {
        let mut account = Account::new();
        account.note_sessions(7, 1);
        account.note_sessions(7, 0);
        account.note_sessions(8, 1);
        assert!(account.wrongs.is_empty());
        account.note_sessions(9, 2);
        account.note_sessions(7, 1);
        assert_eq!(account.wrongs.len(), 2, "{:?}", account.wrongs);
    }

    #[test]
    fn a_code_that_confirms_is_none_that_signs_in() {
        let mut account = Account::new();
        account.codes.extend([1, 2, 3]);
        account.accepted.extend([1, 3]);
        (account.to_confirm, account.confirmed) = (1, 1);
        // Two sessions with a code each, and a code without a session.
        let (sign_ins, confirmations) = account.to_uses(5, 2);
        let all = |uses: Uses| [uses.codes, uses.answered, uses.audited];
        assert_eq!((all(sign_ins), all(confirmations)), ([2, 2, 2], [1, 1, 1]));
    }

    #[test]
    fn a_name_that_is_lost_is_told() {
        let mut account = Account::new();
        account.name.may_be("Robin".to_owned());
        account.see_profile(PROFILE);
        assert!(account.wrongs.is_empty());
        account.name.is("Alex".to_owned());
        account.see_profile(PROFILE);
        account.see_profile("no page of a profile");
        assert_eq!(account.wrongs.len(), 2, "{:?}", account.wrongs);
    }

    #[test]
    fn a_consent_that_is_lost_is_told() {
        let mut account = Account::new();
        account.see_consents("action=\"/account/consents/research/give\"");
        assert!(account.wrongs.is_empty());
        account.see_consents("action=\"/account/consents/research/withdraw\"");
        assert_eq!(account.wrongs.len(), 1, "{:?}", account.wrongs);
    }

    #[test]
    fn a_request_that_is_lost_is_told() {
        let mut account = Account::new();
        account.requests.insert("a".to_owned(), Known::of(true));
        let open = said(200, "<code>a</code> action=\"/requests/a/withdraw\"");
        assert!(account.see_request("a", &open).is_ok() && account.wrongs.is_empty());
        for lost in [said(200, "<code>a</code>"), said(404, "")] {
            assert!(account.see_request("a", &lost).is_ok());
        }
        assert_eq!(account.wrongs.len(), 2, "{:?}", account.wrongs);
    }

    #[test]
    fn what_is_not_the_page_of_a_request_is_not_taken_for_it() {
        let mut account = Account::new();
        account.requests.insert("a".to_owned(), Known::of(false));
        for odd in [said(500, ""), said(503, "<code>a</code>"), redirect("/"), said(200, "")] {
            assert!(account.see_request("a", &odd).is_err(), "{odd:?}");
        }
        assert!(account.wrongs.is_empty());
    }

    #[test]
    fn a_session_that_a_node_does_not_know_is_told() {
        let mut account = Account::new();
        assert!(account.see_answer(&said(200, "")).is_ok());
        assert!(account.see_answer(&said(503, "")).is_err());
        assert!(account.see_answer(&redirect("/account?saved")).is_ok());
        assert!(account.wrongs.is_empty());
        assert!(account.see_answer(&redirect("/login")).is_err());
        assert_eq!(account.wrongs, ["a session that was opened is unknown"]);
    }

    #[test]
    fn a_right_code_that_is_refused_is_told_unless_it_had_to_wait_or_is_too_old() {
        let mut account = Account::new();
        account.note_sent(6);
        account.note_refused(Duration::ZERO);
        assert!(account.wrongs.is_empty());
        account.note_accepted();
        account.note_sent(4);
        account.note_refused(GOOD_FOR);
        assert!(account.wrongs.is_empty());
        account.note_refused(Duration::from_secs(29));
        assert_eq!(account.wrongs, ["a right code was refused"]);
    }

    #[test]
    fn a_copy_that_is_lost_or_there_twice_is_told() {
        let mut account = Account::new();
        account.note_copies(true, false);
        assert_eq!((account.done.copies, account.wrongs.len()), (1, 0));
        for (first, second) in [(true, true), (false, false), (false, true)] {
            account.note_copies(first, second);
        }
        assert_eq!((account.done.copies, account.wrongs.len()), (1, 3));
    }
}
