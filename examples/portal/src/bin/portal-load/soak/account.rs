//! What is known of a person's account from the answers alone, to be held against what is shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::request::hidden_field;

/// What the consent centre asks, as its addresses name it.
pub(crate) const QUESTIONS: [&str; 6] = [
    "news-by-email",
    "news-by-text",
    "news-by-call",
    "news-by-post",
    "surveys-by-email",
    "research",
];

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

/// Everything that the portal has said to somebody.
#[derive(Debug)]
pub(crate) struct Account {
    /// The steps whose codes were sent.
    pub(crate) codes: BTreeSet<u64>,
    /// The steps whose codes opened a session.
    pub(crate) accepted: BTreeSet<u64>,
    pub(crate) name: Known<String>,
    pub(crate) consents: BTreeMap<&'static str, Known<bool>>,
    /// Requests by their name, and whether each is open.
    pub(crate) requests: BTreeMap<String, Known<bool>>,
    /// What must never be, in a few words.
    pub(crate) wrongs: Vec<String>,
}

impl Account {
    /// One that is new.
    pub(crate) fn new() -> Self {
        Self {
            codes: BTreeSet::new(),
            accepted: BTreeSet::new(),
            name: Known::of("Somebody".to_owned()),
            consents: QUESTIONS.into_iter().map(|name| (name, Known::of(false))).collect(),
            requests: BTreeMap::new(),
            wrongs: Vec::new(),
        }
    }

    /// The code of a step opened so many sessions just now.
    pub(crate) fn note_sessions(&mut self, step: u64, sessions: usize) {
        if sessions > 1 || (sessions == 1 && !self.accepted.insert(step)) {
            self.wrongs.push("a code opened two sessions".to_owned());
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

    /// Holds the page of a request against what was acknowledged; no page is none.
    pub(crate) fn see_request(&mut self, name: &str, page: Option<&str>) {
        let Some(known) = self.requests.get_mut(name) else { return };
        let is_open = page.map(|page| page.contains(&format!("/requests/{name}/withdraw")));
        match is_open {
            Some(is_open) if known.allows(&is_open) => known.is(is_open),
            Some(_) => self.wrongs.push("a request is open that is not, or the reverse".to_owned()),
            None => self.wrongs.push("a request that was acknowledged is lost".to_owned()),
        }
    }
}

/// Whether the consent centre shows that somebody agreed: it offers to take that back.
pub(crate) fn is_given(page: &str, question: &str) -> bool {
    page.contains(&format!("/account/consents/{question}/withdraw\""))
}

#[cfg(test)]
mod tests {
    use super::{Account, Known};

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
        account.see_request("a", Some("action=\"/requests/a/withdraw\""));
        assert!(account.wrongs.is_empty());
        account.see_request("a", Some("nothing to take back"));
        account.see_request("a", None);
        assert_eq!(account.wrongs.len(), 2, "{:?}", account.wrongs);
    }
}
