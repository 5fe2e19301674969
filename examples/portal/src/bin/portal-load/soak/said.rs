//! What an answer to somebody who is signed in says, and what it must never say.

use crate::connection::Answer;
use crate::scenario::Oddity;
use crate::scenario::second_factor::SESSION;

/// The page of the copy of somebody's data.
pub(crate) const EXPORT: &str = "/account/data/export";
/// How a ZIP file begins.
const ZIP: &[u8] = b"PK\x03\x04";
const TOO_MANY: &str = "You have had as many copies as there are in a day";
const GONE: &str = "There is no copy to take";

/// An answer, kept.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    location: Option<String>,
    /// The cookie of a session, if it sets one.
    pub(crate) session: Option<String>,
    body: Vec<u8>,
}

/// What came of asking for a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Done,
    TooMany,
}

impl Said {
    pub(crate) fn of(answer: &Answer<'_>) -> Self {
        Self {
            status: answer.status,
            location: answer.header("location").map(str::to_owned),
            session: answer.cookie(SESSION).map(|session| format!("{SESSION}={session}")),
            body: answer.body.to_vec(),
        }
    }

    pub(crate) fn leads_to(&self, path: &str) -> bool {
        self.status == 303 && self.location.as_deref() == Some(path)
    }

    /// Where it leads to, without what stands around it.
    pub(crate) fn leads_between(&self, before: &str, after: &str) -> Option<&str> {
        let location = self.location.as_deref().filter(|_| self.status == 303)?;
        location.strip_prefix(before)?.strip_suffix(after)
    }

    pub(crate) fn page(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Why it is none that was expected.
    pub(crate) fn unexpected(&self) -> Oddity {
        match &self.location {
            Some(location) => Oddity(format!("status {} to {location}", self.status)),
            None => Oddity(format!("status {}", self.status)),
        }
    }

    /// Whether a copy was begun, or is there already.
    pub(crate) fn to_asked(&self) -> Result<Asked, Oddity> {
        if self.leads_to(EXPORT) {
            return Ok(Asked::Done);
        }
        if self.refuses_with(TOO_MANY) { Ok(Asked::TooMany) } else { Err(self.unexpected()) }
    }

    /// Whether it is a copy; or else says that there is none.
    pub(crate) fn to_taken(&self) -> Result<bool, Oddity> {
        if self.status == 200 && self.body.starts_with(ZIP) {
            return Ok(true);
        }
        if self.refuses_with(GONE) { Ok(false) } else { Err(self.unexpected()) }
    }

    fn refuses_with(&self, why: &str) -> bool {
        self.status == 422 && self.page().contains(why)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Asked, EXPORT, GONE, Said, TOO_MANY};

    pub(crate) fn redirect(to: &str) -> Said {
        Said { location: Some(to.to_owned()), ..said(303, "") }
    }

    pub(crate) fn said(status: u16, body: &str) -> Said {
        Said { status, location: None, session: None, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn who_asks_for_a_copy_is_led_to_it_or_told_that_it_is_too_many() {
        assert!(matches!(redirect(EXPORT).to_asked(), Ok(Asked::Done)));
        assert!(matches!(said(422, TOO_MANY).to_asked(), Ok(Asked::TooMany)));
        for odd in [redirect("/reauth?for=export"), said(200, TOO_MANY), said(422, "")] {
            assert!(odd.to_asked().is_err(), "{odd:?}");
        }
    }

    #[test]
    fn who_takes_a_copy_gets_an_archive_or_is_told_that_it_is_gone() {
        assert!(matches!(said(200, "PK\u{3}\u{4}and more").to_taken(), Ok(true)));
        assert!(matches!(said(422, GONE).to_taken(), Ok(false)));
        let again = redirect("/reauth?for=export");
        for odd in [again, said(200, "<html>"), said(422, ""), said(500, "PK\u{3}\u{4}")] {
            assert!(odd.to_taken().is_err(), "{odd:?}");
        }
    }

    #[test]
    fn what_is_not_expected_is_told_in_a_few_words() {
        assert_eq!(redirect("/login").unexpected().0, "status 303 to /login");
        assert_eq!(said(500, "secret").unexpected().0, "status 500");
    }
}
