//! What whoever operates a portal sees of it: numbers, and whether it is well.
//!
//! Nothing here names a person, an address or an account. The labels of the numbers come from
//! closed sets.

mod metrics;
mod operations;
mod request_id;

pub use metrics::{Lockout, Method, Metrics};
pub use operations::Operations;

pub(crate) use operations::{NotReady, Readiness};
pub(crate) use request_id::RequestId;
