//! The three cookies, and no others.

use axum::http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use axum::response::Response;
use zeroize::Zeroizing;

use crate::token::Token;

/// A cookie that holds a [`Token`].
///
/// The `__Host-` prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`, so that no
/// neighbouring site can plant one.
//= RFC 6265bis §4.1.3.2: the __Host- prefix
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// Ties the sign-in form to the browser that asked for it. Names nobody.
    Form,
    /// Names a pending login.
    Login,
    /// Names a session.
    Session,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Form => "__Host-form",
            Self::Login => "__Host-login",
            Self::Session => "__Host-session",
        }
    }

    /// A session is kept when a link in an e-mail leads here; the others have no such use.
    const fn same_site(self) -> &'static str {
        match self {
            Self::Form | Self::Login => "Strict",
            Self::Session => "Lax",
        }
    }

    /// The token in this cookie; `None` as well when there are several to choose from.
    pub(super) fn find(self, headers: &HeaderMap) -> Option<Token> {
        let mut found = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim_ascii().split_once('='))
            .filter(|(name, _)| *name == self.name());
        let (_, value) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        Token::parse(value)
    }

    /// Has the browser keep `token` until it closes, or `seconds` long.
    pub(super) fn set(self, token: &Token, seconds: Option<i64>, response: &mut Response) {
        let value = token.to_text();
        self.write(&value, seconds, response);
    }

    pub(super) fn clear(self, response: &mut Response) {
        self.write("", Some(0), response);
    }

    fn write(self, value: &str, seconds: Option<i64>, response: &mut Response) {
        let (name, same_site) = (self.name(), self.same_site());
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let cookie = Zeroizing::new(format!(
            "{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}{age}"
        ));
        // All of it is visible ASCII, so this does not fail; without it nobody is signed in.
        if let Ok(mut header) = HeaderValue::from_str(&cookie) {
            header.set_sensitive(true);
            response.headers_mut().append(SET_COOKIE, header);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use axum::http::header::{COOKIE, HeaderMap, HeaderValue};

    use super::Cookie;
    use crate::token::Token;

    #[test]
    fn one_cookie_of_the_name_counts_and_of_two_none() {
        let token = Token::generate().unwrap();
        let pair = format!("__Host-session={}", token.to_text().as_str());
        let find = |header: &str| {
            let mut headers = HeaderMap::new();
            headers.append(COOKIE, HeaderValue::from_str(header).unwrap());
            Cookie::Session.find(&headers).map(|found| found.to_hash())
        };
        assert_eq!(find(&pair), Some(token.to_hash()));
        assert_eq!(find(&format!("a=b; {pair};c")), Some(token.to_hash()));
        assert_eq!(find(&format!("{pair}; {pair}")), None);
        assert_eq!(find(&format!("x{pair}")), None);
        assert_eq!(find(&pair.replace("session", "login")), None);
        assert_eq!(find("__Host-session="), None);
    }
}
