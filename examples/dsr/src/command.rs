//! The commands, one to a file.

pub(crate) mod complaint;
pub(crate) mod deadline;
pub(crate) mod ledger;
pub(crate) mod opendsr;
pub(crate) mod receipt;
pub(crate) mod table;
