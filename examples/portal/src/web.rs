//! Everything about HTTP: addresses, cookies, forms, pages.

mod cookie;
mod enrol;
mod form;
mod gate;
mod pages;
mod profile;
mod refusal;
pub(crate) mod routes;
mod sign_in;
mod visitor;

pub(crate) use gate::Peer;

use crate::clock::Clock;
use crate::observe::Metrics;
use crate::password::Passwords;
use crate::store::Store;

/// What the pages work with.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
}
