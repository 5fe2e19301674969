//! What each page says of cookies: the question, until it is answered; the advertisement, once it
//! may be there; and that a signal of the browser is honoured.

use std::sync::Arc;

use askama::{Template, Values};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use axum::response::Response;
use upheld_cookies::publish::{BannerCategory, BannerConfig};
use upheld_cookies::should_ask;
use upheld_cookies_tower::Consent;

use super::choices::DECLARATION_FIELD;
use super::cookie::Cookie;
use super::filters;
use super::form::TOKEN_FIELD;
use super::pages::HTML;
use super::routes::{Access, Route};
use super::visitor::{Passerby, Visitor};
use crate::cookies::Cookies;
use crate::declaration::TextHash;
use crate::token::{FormToken, Token};

/// The page that is about nothing else.
const PREFERENCES: &str = "/cookies/preferences";

/// What a page says of cookies. Cheap to clone; by default nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Asking(Option<Arc<Known>>);

#[derive(Debug)]
struct Known {
    /// What is asked about; nothing where there is no question.
    asked: Vec<BannerCategory>,
    /// By which declaration.
    declaration: TextHash,
    has_advert: bool,
    sends_gpc: bool,
    form_token: FormToken,
    /// What ties the form to a browser that has no cookie yet.
    offered: Option<Token>,
}

/// Asks.
#[derive(Template)]
#[template(path = "cookie-question.html")]
struct Question<'a> {
    form_token: &'a FormToken,
    asked: &'a [BannerCategory],
    declaration: TextHash,
}

/// The advertisement of somebody who is made up.
#[derive(Template)]
#[template(path = "advert.html")]
struct Advert;

impl Asking {
    /// What to say on a page; nothing in answers that are none, or to another host.
    pub(super) fn of(
        cookies: &Cookies,
        consent: Option<&Consent>,
        page: Option<&Route>,
        headers: &HeaderMap,
    ) -> Self {
        let (Some(consent), Some(page)) = (consent, page) else { return Self::default() };
        let (policy, visit) = (cookies.policy(), consent.visit());
        // Who comes back from Duo's page is only passed on.
        let may_ask = page.access != Access::Returning && page.path != PREFERENCES;
        let is_due = may_ask && should_ask(policy, &visit);
        let asked = if is_due { BannerConfig::of(policy).categories } else { Vec::new() };
        let asked = asked.into_iter().filter(|category| !category.required).collect();
        let (form_token, offered) = match Passerby::of(headers) {
            Some(known) => (known.token().to_form_token(), None),
            // Without randomness there is no form, and no question.
            None => match Token::generate() {
                Ok(token) => (token.to_form_token(), Some(token)),
                Err(_) => return Self::default(),
            },
        };
        let has_advert = page.access == Access::Everyone && cookies.releases_advert(&visit);
        let sends_gpc = consent.gpc();
        let declaration = cookies.declaration().hash();
        let known = Known { asked, declaration, has_advert, sends_gpc, form_token, offered };
        Self(Some(Arc::new(known)))
    }

    /// What the forms about cookies bring along.
    pub(super) fn form_token(&self) -> Option<&FormToken> {
        self.0.as_ref().map(|known| &known.form_token)
    }

    /// What ties the question to a browser that has no cookie yet, for other forms of the page.
    pub(super) fn offered(&self) -> Option<Token> {
        self.0.as_ref()?.offered.as_ref().map(Token::duplicate)
    }

    pub(super) fn sends_gpc(&self) -> bool {
        self.0.as_ref().is_some_and(|known| known.sends_gpc)
    }

    pub(super) fn question(&self, values: &dyn Values) -> askama::Result<String> {
        match &self.0 {
            Some(known) if !known.asked.is_empty() => {
                let Known { form_token, asked, declaration, .. } = &**known;
                Question { form_token, asked, declaration: *declaration }.render_with_values(values)
            }
            _ => Ok(String::new()),
        }
    }

    pub(super) fn advert(&self, values: &dyn Values) -> askama::Result<String> {
        let has_advert = self.0.as_ref().is_some_and(|known| known.has_advert);
        if has_advert { Advert.render_with_values(values) } else { Ok(String::new()) }
    }

    /// Ties the form on the page to the browser, unless it is by the page's own doing.
    pub(super) fn tie(&self, response: &mut Response) {
        let Some(known) = &self.0 else { return };
        let is_page = response.status() == StatusCode::OK
            && response.headers().get(CONTENT_TYPE).is_some_and(|kind| *kind == HTML);
        let is_tied = || {
            let mut set = response.headers().get_all(SET_COOKIE).iter();
            set.any(|field| Cookie::Form.is_set_by(field.as_bytes()))
        };
        if let Some(token) = &known.offered
            && !known.asked.is_empty()
            && is_page
            && !is_tied()
        {
            Cookie::Form.set(token, None, response);
        }
    }
}
