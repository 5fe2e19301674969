//! The portal as its visitors and its attackers see it: over HTTP, from outside.
//!
//! The server runs in this process on a port of its own, with a clock that the test steps. Codes
//! are computed by another implementation of RFC 6238 from the key on the page. Names that begin
//! with `t` and a number are attacks from the portal's catalogue; what they are is said at each.

#![forbid(unsafe_code)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

mod assignments;
mod backup_format;
mod backups;
mod browser;
mod clinic;
mod closures;
mod codes;
mod commands;
mod complaints;
mod config;
mod consent_log;
mod consents;
mod cookie_consents;
mod cookies;
mod declarations;
mod demo;
mod deploy;
mod desk;
mod desk_acts;
mod desk_record;
mod devices;
mod doctor;
mod duo_account;
mod duo_limits;
mod duo_outage;
mod duo_phone;
mod duo_prompt;
mod enrolment;
mod erasures;
mod exports;
mod gates;
mod ground;
mod guessing;
mod intake_expiry;
mod intakes;
mod languages;
mod leaks;
mod load;
mod messages;
mod nodes;
mod operations;
mod operations_guide;
mod outage;
mod outbox;
mod overload;
mod oversight;
mod pages;
mod profile;
mod program;
mod proxies;
mod publishing;
mod race;
mod readme;
mod recovery;
mod remembered;
mod requests;
mod resets;
mod sessions;
mod sign_in;
mod simulated_duo;
mod site;
mod staff;
mod tls;
mod upkeep;
mod versions;
