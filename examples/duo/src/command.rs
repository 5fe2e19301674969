//! The commands, one file each.

pub(crate) mod admin;
pub(crate) mod ask;
pub(crate) mod bypass;
pub(crate) mod passcode;
pub(crate) mod preauth;
pub(crate) mod service;
pub(crate) mod sms;
pub(crate) mod status;
pub(crate) mod universal;

pub(crate) use ask::Way;
