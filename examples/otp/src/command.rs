//! The commands.

pub(crate) mod code;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod new;
pub(crate) mod parse;
pub(crate) mod resync;
pub(crate) mod verify;
