//! Everything about HTTP: addresses, cookies, forms, pages.

mod asking;
mod audit;
mod choices;
mod closure;
mod consents;
mod cookie;
mod desk;
mod devices;
mod duo;
mod enrol;
mod exports;
mod filters;
mod form;
mod gate;
mod held;
mod intakes;
mod limits;
mod outbox;
mod pages;
mod password;
mod profile;
mod publishing;
mod query;
mod reading;
mod reauthentication;
mod recovery;
mod refusal;
mod requests;
pub(crate) mod routes;
mod second_factor;
mod security;
mod sign_in;
mod staff;
mod visitor;

pub(crate) use gate::Peer;

use crate::audit::Verifying;
use crate::clock::Clock;
use crate::cookies::SharedCookies;
use crate::mail::Directory;
use crate::observe::Metrics;
use crate::password::Passwords;
use crate::records::Records;

/// What the pages work with.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) records: Records,
    pub(crate) passwords: Passwords,
    pub(crate) clock: Clock,
    /// What is declared, at the hosts of the portal.
    pub(crate) cookies: SharedCookies,
    /// The folder with sent e-mails, where everyone may see them.
    pub(crate) outbox: Option<Directory>,
    pub(crate) metrics: Metrics,
    pub(crate) verifying: Verifying,
}
