//! Receipts: one consent record, written as others read it.

mod dossier;
mod dpv;
mod iso27560;
mod kantara;
mod view;

use upheld_ledger::UnixMillis;

use crate::{Controller, RecordId};
use view::View;

pub use dossier::{Dossier, DossierError};

/// A receipt for the person: their consents at a time, in three forms that say the same.
///
/// | form | what of | standard |
/// |---|---|---|
/// | [`to_kantara`](Self::to_kantara) | the consents that stand | Kantara Initiative, Consent Receipt Specification 1.1.0 |
/// | [`to_iso27560`](Self::to_iso27560) | everything that happened | ISO/IEC TS 27560:2023, consent record information structure |
/// | [`to_dpv`](Self::to_dpv) | everything that happened | Data Privacy Vocabulary 2.3, JSON-LD, profile of ISO/IEC TS 27560 for the GDPR |
///
/// Whether the person is named is up to [`Dossier::principal`]: a receipt goes to them alone.
///
/// ```
/// use upheld_consent::{Dossier, RecordId, UnixMillis};
///
/// let dossier = Dossier::parse(include_bytes!("../tests/vectors/dossier.json"))?;
/// let at = UnixMillis::new(1_790_000_000_000).ok_or("a moment")?;
/// let receipt = dossier.receipt(RecordId::from_random([7; 16]), at)?; // draw yours
/// assert!(receipt.to_kantara().contains(r#""version": "KI-CR-v1.1.0""#));
/// assert!(receipt.to_dpv().contains(r#""@type": "dpv:ConsentReceipt""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Receipt<'a> {
    id: RecordId,
    at: UnixMillis,
    dossier: &'a Dossier,
    /// Of the consents that stand, the one given last.
    latest: View<'a>,
    views: Vec<View<'a>>,
}

impl<'a> Receipt<'a> {
    /// The controller, as the notice that was agreed to last has it.
    const fn controller(&self) -> &'a Controller {
        &self.latest.notice.content().controller
    }

    /// Writes a Kantara Consent Receipt 1.1.0: the consents that stand, and no others.
    #[must_use]
    pub fn to_kantara(&self) -> String {
        format!("{:#}", kantara::write(self))
    }

    /// Writes a receipt after ISO/IEC TS 27560:2023 as JSON.
    #[must_use]
    pub fn to_iso27560(&self) -> String {
        format!("{:#}", iso27560::write(self))
    }

    /// Writes a receipt as JSON-LD in terms of DPV 2.3. Its context is in it: nothing is fetched.
    #[must_use]
    pub fn to_dpv(&self) -> String {
        format!("{:#}", dpv::write(self))
    }
}

/// Why there is no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Nobody had consented to anything then.
    #[error("no consent stands at that time")]
    NothingGiven,
    /// Beyond the calendar.
    #[error("a receipt is made before the year 2200")]
    Time,
}
