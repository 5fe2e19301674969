//! Browsers that the prompt remembers, so that their person is not asked for a while.

use std::collections::BTreeMap;

use http::Response;
use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use upheld_duo::UnixSeconds;

use super::Visit;
use crate::Simulator;

const NAME: &str = "remembered";

/// By the value of the cookie.
#[derive(Debug, Default)]
pub(super) struct Browsers(BTreeMap<String, Browser>);

#[derive(Debug)]
struct Browser {
    user_id: String,
    /// When its person authenticated in it.
    since: UnixSeconds,
}

impl Simulator {
    /// When the person of a visit authenticated in this browser, if that is to count.
    //= OpenID Connect Core 1.0 §3.1.2.1: `max_age` and `prompt=login` have a person asked again
    pub(super) fn remembered_since(
        &self,
        visit: &Visit,
        user_id: &str,
        headers: &HeaderMap,
        now: UnixSeconds,
    ) -> Option<UnixSeconds> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut values = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == NAME);
        let browser = values.find_map(|(_, value)| self.visits.browsers.0.get(value))?;
        let age = now.0.saturating_sub(browser.since.0);
        let counts = browser.user_id == user_id
            && !visit.asks_again
            && age < self.state.config.remembered_seconds
            && visit.max_age.is_none_or(|most| age <= most);
        // Only `max_age=0` asks whoever authenticated a moment ago.
        (counts && visit.max_age != Some(0)).then_some(browser.since)
    }

    /// Remembers a browser, by a cookie on the reply to it.
    pub(super) fn remember(
        &mut self,
        reply: &mut Response<Vec<u8>>,
        username: &str,
        since: UnixSeconds,
    ) {
        let seconds = self.state.config.remembered_seconds;
        let Some(user_id) = self.state.user_named(username).map(|user| user.id.clone()) else {
            return;
        };
        let value = self.state.draw.hex();
        let secure = if self.scheme == "https" { "; Secure" } else { "" };
        let cookie = format!(
            "{NAME}={value}; Path=/oauth; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
        );
        if let (true, Ok(cookie)) = (seconds > 0, HeaderValue::from_str(&cookie)) {
            self.visits.browsers.0.insert(value, Browser { user_id, since });
            reply.headers_mut().insert(SET_COOKIE, cookie);
        }
    }
}
