//! What is owed to others when a consent is over.

use upheld_ledger::UnixMillis;

use super::{Scope, Status};
use crate::RecipientId;

/// Somebody who was given data on a consent must be told that it is over.
///
/// It stays until a [`Happening::RecipientTold`](super::Happening::RecipientTold) is in the record,
/// or the person consents anew.
///
/// # Source
///
/// UK GDPR Art 7(3) and Art 19; ICO, consent: act on withdrawals as soon as you can.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Obligation {
    /// Which consent.
    pub scope: Scope,
    /// Who must be told.
    pub recipient: RecipientId,
    /// Since when it is over.
    pub since: UnixMillis,
    /// How it ended.
    pub ended: Status,
}
