//! Duo's own clients, our command line and a browser with a security key, against the program
//! `duo-sim` over TLS.

pub(super) mod clients;
pub(super) mod command_line;
pub(super) mod security_key;
mod simulator;
