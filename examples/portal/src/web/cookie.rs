//! The four cookies that name somebody or something. [`crate::language`] has one more, which does not,
//! and [`crate::cookies`] that of the choice about cookies. All are declared in `cookies/`.

use axum::http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use axum::response::Response;
use upheld_cookies::cookie_pairs;
use zeroize::Zeroizing;

use crate::browsers::KNOWN_SECONDS;
use crate::token::{BrowserToken, Token};

/// A cookie that holds a [`Token`], or in the last case a [`BrowserToken`].
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
    /// Names a browser that somebody has signed in with.
    Browser,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Form => "__Host-form",
            Self::Login => "__Host-login",
            Self::Session => "__Host-session",
            Self::Browser => "__Host-browser",
        }
    }

    /// A session is kept when a link in an e-mail leads here; the others have no such use.
    const fn same_site(self) -> &'static str {
        match self {
            Self::Form | Self::Login | Self::Browser => "Strict",
            Self::Session => "Lax",
        }
    }

    /// The token in this cookie; `None` as well when there are several to choose from.
    pub(super) fn find(self, headers: &HeaderMap) -> Option<Token> {
        Token::parse(self.find_text(headers)?)
    }

    /// What the browser is known by; `None` as well when there are several to choose from.
    pub(super) fn find_browser(headers: &HeaderMap) -> Option<BrowserToken> {
        BrowserToken::parse(Self::Browser.find_text(headers)?)
    }

    fn find_text(self, headers: &HeaderMap) -> Option<&str> {
        only(headers, self.name())
    }

    /// Whether the value of a `Set-Cookie` field is of this cookie.
    pub(super) fn is_set_by(self, field: &[u8]) -> bool {
        field.strip_prefix(self.name().as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
    }

    /// Has the browser keep `token` until it closes, or `seconds` long.
    pub(super) fn set(self, token: &Token, seconds: Option<i64>, response: &mut Response) {
        let value = token.to_text();
        self.write(&value, seconds, response);
    }

    /// Has the browser keep what it is known by.
    pub(super) fn set_browser(token: &BrowserToken, response: &mut Response) {
        Self::Browser.write(&token.to_text(), Some(KNOWN_SECONDS), response);
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

/// The value of the one cookie of a name; `None` as well when there are several to choose from.
pub(super) fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    // By bytes: what another program of the host stores must not hide the cookies beside it.
    let fields = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let mut found = fields.flat_map(cookie_pairs).filter(|(known, _)| *known == name.as_bytes());
    let (_, value) = found.next()?;
    if found.next().is_some() { None } else { str::from_utf8(value).ok() }
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
        let find_in = |header: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.append(COOKIE, HeaderValue::from_bytes(header).unwrap());
            Cookie::Session.find(&headers).map(|found| found.to_hash())
        };
        let find = |header: &str| find_in(header.as_bytes());
        assert_eq!(find(&pair), Some(token.to_hash()));
        assert_eq!(find(&format!("a=b; {pair};c")), Some(token.to_hash()));
        assert_eq!(find(&format!("{pair}; {pair}")), None);
        assert_eq!(find(&format!("x{pair}")), None);
        assert_eq!(find(&pair.replace("session", "login")), None);
        assert_eq!(find("__Host-session="), None);
        // Another's cookie in whatever letters hides nothing.
        let beside = [b"x=\xE9; ", pair.as_bytes(), b"; \xFF=y"].concat();
        assert_eq!(find_in(&beside), Some(token.to_hash()));
        assert_eq!(find_in(b"__Host-session=\xE9"), None);
        let twice = [b"__Host-session=\xE9; ", pair.as_bytes()].concat();
        assert_eq!(find_in(&twice), None);
    }
}
