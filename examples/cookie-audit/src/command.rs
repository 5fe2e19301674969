//! The commands.

pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod decode;
pub(crate) mod diff;
pub(crate) mod encode;
pub(crate) mod explain;
pub(crate) mod import;
pub(crate) mod jar;
pub(crate) mod render;
pub(crate) mod scan;
pub(crate) mod set_cookie;
