//! The commands.

pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod explain;
pub(crate) mod jar;
pub(crate) mod set_cookie;
