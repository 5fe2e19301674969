//! What a site does, against what it declares.
//!
//! An [`Observer`] is shown the entries of recordings ([`crate::har`]), each with the [`Phase`] of
//! the visit that it was made in, and keeps an [`Inventory`]: which cookies were set and sent, which
//! beacons were fired, by whom and when. [`audit`] holds that against a [`Policy`]. Values of
//! cookies are not kept.
//!
//! ```
//! use upheld_cookies::audit::{Observer, Phase, Timeline, audit};
//! use upheld_cookies::har::Har;
//! use upheld_cookies::lint::Code;
//! use upheld_cookies::policy::Policy;
//! use upheld_cookies::{Day, TopLevelDomains};
//!
//! let policy = Policy::parse_toml(
//!     r#"
//!     schema = 1
//!     [site]
//!     hosts = ["clinic.example"]
//!     jurisdictions = ["uk", "eea"]
//!     updated = "2026-11-23"
//!     [[item]]
//!     name = "visits"
//!     kind = "http-cookie"
//!     purposes = ["statistics"]
//!     lifetime = "30d"
//!     "#,
//! )?;
//! let recording = br#"{ "log": { "entries": [ { "startedDateTime": "2026-11-27T12:00:00Z",
//!     "request": { "method": "GET", "url": "https://clinic.example/", "headers": [] },
//!     "response": { "status": 200, "headers": [
//!         { "name": "Set-Cookie", "value": "visits=1; Max-Age=31536000" } ] } } ] } }"#;
//!
//! let mut observer = Observer::of_policy(TopLevelDomains, &policy);
//! observer.begin_recording("reject.har", Timeline::always(Phase::BeforeChoice));
//! for entry in Har::new(&recording[..]) {
//!     observer.see(&entry?)?;
//! }
//! let found = audit(&policy, &observer.into_inventory(), Day::parse("2026-11-27")?);
//! let codes: Vec<Code> = found.iter().map(|found| found.finding.code).collect();
//! assert_eq!(codes, [Code::BeforeChoice, Code::OutlivesDeclaration]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beacon;
mod compare;
mod difference;
mod inventory;
mod observer;
mod phase;

pub use compare::{AuditFinding, audit};
pub use difference::{Change, Declared, difference};
pub use inventory::{Evidence, Inventory, MAX_OBSERVATIONS, Observation, Told, TooMany};
pub use observer::Observer;
pub use phase::{Mark, Phase, Timeline};

#[expect(unused_imports, reason = "named in the documentation")]
use crate::policy::Policy;
