//! Somebody who signs in without a browser, and so quickly that many can.

use std::collections::BTreeMap;

use ureq::Agent;
use ureq::http::Response;

use super::super::{Outcome, check};
use super::stage::Demo;

const SECOND_FACTOR: &str = "/login/second-factor";

/// Somebody with cookies, whom no redirect takes anywhere.
pub(super) struct Visitor<'a> {
    demo: &'a Demo,
    agent: Agent,
    cookies: BTreeMap<String, String>,
}

impl<'a> Visitor<'a> {
    /// Gives the password, up to the page of the second factor.
    pub(super) fn arrive(demo: &'a Demo, email: &str) -> Outcome<Self> {
        let agent = Agent::config_builder().max_redirects(0).build().new_agent();
        let mut visitor = Self { demo, agent, cookies: BTreeMap::new() };
        let form = [("email", email), ("password", &demo.password)];
        visitor.send("/login", &form, SECOND_FACTOR)?;
        Ok(visitor)
    }

    /// Signs in with a code.
    pub(super) fn give_code(mut self, code: &str) -> Outcome<Self> {
        self.send(SECOND_FACTOR, &[("code", code)], "/account")?;
        Ok(self)
    }

    /// The text of a page.
    pub(super) fn read(&mut self, path: &str) -> Outcome<String> {
        let url = format!("{}{path}", self.demo.plain);
        let mut page = self.agent.get(&url).header("cookie", self.to_header()).call()?;
        self.keep_cookies(&page);
        Ok(page.body_mut().read_to_string()?)
    }

    /// Sends the form of a page, which has to lead to another.
    fn send(&mut self, path: &str, fields: &[(&str, &str)], leads_to: &str) -> Outcome<()> {
        let page = self.read(path)?;
        let (_, rest) = page.split_once("name=\"form_token\" value=\"").ok_or("no form")?;
        let token = rest.split('"').next().unwrap_or_default();
        let form = fields.iter().copied().chain([("form_token", token)]);
        let url = format!("{}{path}", self.demo.plain);
        let answer = self.agent.post(&url).header("cookie", self.to_header()).send_form(form)?;
        self.keep_cookies(&answer);
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let seen = format!("{path}: {} to {location:?}", answer.status());
        check(location == Some(leads_to), &seen)
    }

    fn keep_cookies<T>(&mut self, answer: &Response<T>) {
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().ok().and_then(|cookie| cookie.split(';').next());
            if let Some((name, value)) = cookie.and_then(|cookie| cookie.split_once('=')) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn to_header(&self) -> String {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    }
}
