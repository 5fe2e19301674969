//! A browser: cookies, forms and nothing else.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;
use ureq::http::Request;
use ureq::{Agent, Body};

/// Visits one portal. Does not follow redirects; keeps cookies as a browser does.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    agent: Agent,
    origin: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The token of the form on the page last seen.
    pub(crate) form_token: String,
    /// Which declaration the question or the preferences last seen were about.
    pub(crate) declaration: String,
    /// Whom requests are for, if it is not where they are sent.
    pub(crate) host: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn of(origin: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .build()
            .new_agent();
        Self {
            agent,
            origin: origin.into(),
            cookies: BTreeMap::new(),
            form_token: String::new(),
            declaration: String::new(),
            host: None,
        }
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        let request = Request::get(format!("{}{path}", self.origin)).body(String::new()).unwrap();
        self.send(request)
    }

    /// The same with other headers.
    pub(crate) fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = Request::get(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(String::new()).unwrap())
    }

    /// Fills in the form on the page last seen.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(path, fields, &[("sec-fetch-site", "same-origin")])
    }

    /// The same with other headers.
    pub(crate) fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let shown = [("declaration", &*self.declaration)];
        let is_choice = path == "/cookies/preferences";
        let body = self.form(&[fields, if is_choice { &shown } else { &[] }].concat());
        let mut request = Request::post(format!("{}{path}", self.origin));
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body).unwrap())
    }

    /// Fills in a form whose answer is a file.
    pub(crate) fn post_for_bytes(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let request = Request::post(format!("{}{path}", self.origin))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", self.cookie_header());
        let response = self.agent.run(request.body(self.form(fields)).unwrap()).unwrap();
        let (parts, mut body) = response.into_parts();
        let headers = parts.headers.iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()));
        (parts.status.as_u16(), headers.collect(), body.read_to_vec().unwrap())
    }

    /// The body of the form on the page last seen, with these fields.
    pub(crate) fn form(&self, fields: &[(&str, &str)]) -> String {
        let mut body = Serializer::new(String::new());
        body.append_pair("form_token", &self.form_token);
        body.extend_pairs(fields);
        body.finish()
    }

    pub(crate) fn cookie_header(&self) -> String {
        let pairs: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn send(&mut self, mut request: Request<String>) -> Page {
        if let Some(host) = &self.host {
            request.headers_mut().insert("host", host.parse().unwrap());
        }
        if !self.cookies.is_empty() {
            request.headers_mut().insert("cookie", self.cookie_header().parse().unwrap());
        }
        let response = self.agent.run(request).unwrap();
        let page = Page::read(response);
        for cookie in page.all("set-cookie") {
            self.keep(cookie);
        }
        if let Some(token) = page.between("name=\"form_token\" value=\"", "\"") {
            self.form_token = token.into();
        }
        if let Some(shown) = page.between("name=\"declaration\" value=\"", "\"") {
            self.declaration = shown.into();
        }
        page
    }

    /// Takes a cookie as a browser takes one whose name begins with `__Host-`.
    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<_> = parts.collect();
        assert!(name.starts_with("__Host-"), "{name}");
        let is_removal = value.is_empty() && attributes.contains(&"Max-Age=0");
        for needed in ["Path=/", "Secure", "HttpOnly"] {
            // A browser removes a cookie whatever else it is told of it.
            let is_needed = needed != "HttpOnly" || !is_removal;
            assert!(!is_needed || attributes.contains(&needed), "{name}: {attributes:?}");
        }
        let is_kept_to_site = |it: &&str| *it == "SameSite=Lax" || *it == "SameSite=Strict";
        assert!(is_removal || attributes.iter().any(is_kept_to_site), "{name}");
        assert!(!attributes.iter().any(|it| it.starts_with("Domain")));
        if attributes.contains(&"Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.into(), value.into());
        }
    }
}

impl Page {
    fn read(response: ureq::http::Response<Body>) -> Self {
        let (parts, mut body) = response.into_parts();
        let headers = parts.headers.iter();
        Self {
            status: parts.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: body.read_to_string().unwrap(),
        }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| &**value)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The text of the page between the first `start` and the next `end`.
    pub(crate) fn between(&self, start: &str, end: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(start)?;
        rest.split_once(end).map(|(text, _)| text)
    }

    #[track_caller]
    pub(crate) fn assert_redirects_to(&self, path: &str) {
        assert_eq!((self.status, self.header("location")), (303, Some(path)), "{}", self.body);
    }

    /// An app counts from now on, and recovery codes are shown.
    #[track_caller]
    pub(crate) fn assert_confirmed(&self) {
        let location = self.header("location").unwrap_or_default();
        let leads_on = location.starts_with("/account/security/recovery-codes/");
        assert!(self.status == 303 && leads_on, "{self:?}");
    }

    #[track_caller]
    pub(crate) fn assert_shows(&self, status: u16, text: &str) {
        let location = self.header("location").unwrap_or_default();
        assert_eq!(self.status, status, "{location}{}", self.body);
        assert!(self.body.contains(text), "no {text:?} in {}", self.body);
    }
}
