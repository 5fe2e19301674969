//! Lists of users, devices and codes.

use std::marker::PhantomData;

use http::{Method, Request, Response};
use serde::de::DeserializeOwned;

use super::{BypassCode, Page, Paged, Phone, Token, U2fToken, User, WebauthnCredential};
use crate::auth::UserId;
use crate::params::encode;
use crate::reply;
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds};

/// What there are lists of.
pub trait Listed: DeserializeOwned {
    /// The path of the list of all, and its last segment below a user.
    const PATH: &'static str;
    /// The most on a page.
    const LIMIT: u32;
}

impl Listed for User {
    const PATH: &'static str = "/users";
    const LIMIT: u32 = 300;
}

impl Listed for Phone {
    const PATH: &'static str = "/phones";
    const LIMIT: u32 = 500;
}

impl Listed for Token {
    const PATH: &'static str = "/tokens";
    const LIMIT: u32 = 500;
}

impl Listed for BypassCode {
    const PATH: &'static str = "/bypass_codes";
    const LIMIT: u32 = 500;
}

impl Listed for WebauthnCredential {
    const PATH: &'static str = "/webauthncredentials";
    const LIMIT: u32 = 500;
}

impl Listed for U2fToken {
    const PATH: &'static str = "/u2ftokens";
    const LIMIT: u32 = 500;
}

/// Lists users, phones, tokens, bypass codes or security keys: all, or those of one user.
#[derive(Clone, Debug)]
pub struct List<T> {
    path: String,
    filters: Params,
    start: Option<String>,
    limit: u32,
    of: PhantomData<fn() -> T>,
}

impl<T: Listed> List<T> {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self::at(["/admin/v1", T::PATH].concat())
    }

    /// Those of one user.
    #[must_use]
    pub fn of_user(user: &UserId) -> Self {
        Self::at(["/admin/v1/users/", &encode(user.as_str()), T::PATH].concat())
    }

    /// How many on a page: 100 unless said, and no more than Duo takes.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = limit.clamp(1, T::LIMIT);
        self
    }

    fn at(path: String) -> Self {
        Self { path, filters: Params::new(), start: None, limit: 100, of: PhantomData }
    }
}

impl List<User> {
    /// All users.
    #[must_use]
    pub fn users() -> Self {
        Self::all()
    }

    /// The user of this name or alias.
    #[must_use]
    pub fn user_named(name: &str) -> Self {
        let mut list = Self::all();
        list.filters.push("username", name);
        list
    }
}

impl<T: Listed> Call for List<T> {
    type Output = Page<T>;

    const REPEAT: Repeat = Repeat::Freely;
    const MAX_REPLY_BYTES: usize = 8 * 1024 * 1024;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let mut params = Params::new()
            .with("limit", &self.limit.to_string())
            .with("offset", self.start.as_deref().unwrap_or("0"));
        params.append(self.filters.clone());
        application.sign(Method::GET, &self.path, &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Page<T>, ReplyError> {
        let (items, metadata) = reply::read_list(reply, Self::MAX_REPLY_BYTES)?;
        let next = metadata.next_offset.map(|offset| offset.to_string());
        Ok(Page { items, next, total: metadata.total_objects })
    }
}

impl<T: Listed> Paged for List<T> {
    type Item = T;

    fn starting_at(&self, next: &str) -> Self {
        let (path, filters) = (self.path.clone(), self.filters.clone());
        Self { path, filters, start: Some(next.to_owned()), limit: self.limit, of: PhantomData }
    }
}
