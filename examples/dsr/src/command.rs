//! The commands, one to a file.

pub(crate) mod complaint;
pub(crate) mod deadline;
pub(crate) mod ledger;
pub(crate) mod receipt;
