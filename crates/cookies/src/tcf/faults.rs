//! What makes a string that can be read invalid.

use super::{Numbers, TcString, restrictions};
use crate::UnixSeconds;

/// A reason not to rely on a TC string that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TcFault {
    /// Made for more than one service, which ended in 2021.
    #[error("IsServiceSpecific is 0; a choice for all services is invalid")]
    NotServiceSpecific,
    /// Policies before version 4, which ended on 30 September 2023.
    #[error("the policy version is {version}; since October 2023 at least 4 is needed")]
    PolicyVersion {
        /// The version that it names.
        version: u16,
    },
    /// No platform.
    #[error("the CMP id is 0, which no platform has")]
    NoPlatform,
    /// A legitimate interest in what needs consent.
    #[error("a legitimate interest is set for purpose 1, 3, 4, 5 or 6, which need consent")]
    InterestNeedsConsent,
    /// TCF 2.3 without disclosed vendors.
    #[error("the segment of disclosed vendors is missing, which TCF 2.3 demands")]
    NoDisclosedVendors,
    /// Made after the moment of the question.
    #[error("the string was made in the future")]
    InFuture,
    /// More than 13 months old.
    #[error("the string is more than 13 months old, so the person must be asked again")]
    TooOld,
    /// Moments that are not whole days, or differ.
    #[error("Created and LastUpdated must be the same and whole days")]
    Moments,
    /// A range that ends before it begins, reaches beyond the greatest vendor, or has vendor 0.
    #[error("a range of vendors is empty, begins at 0, or reaches beyond the greatest vendor")]
    Range,
    /// A restriction of the undefined kind 3, or of a purpose that is none.
    #[error("a publisher restriction has an undefined kind or purpose")]
    Restriction,
}

/// Thirteen months, taken for 396 days, in seconds.
const LONGEST: i64 = 396 * 86_400;

/// A day, in tenths of a second.
const DAY: u64 = 864_000;

impl TcString<'_> {
    /// Finds what makes the string invalid at `now`; nothing for a valid one.
    ///
    /// # Source
    ///
    /// IAB TCF Policies and the TC string format v2.3; the last version of the policies that
    /// allowed a string without disclosed vendors was 4.
    #[must_use]
    pub fn faults(&self, now: UnixSeconds) -> Vec<TcFault> {
        let version = self.policy_version();
        let needs_consent = Numbers::of(&[1, 3, 4, 5, 6]);
        let updated = self.updated();
        let (created, changed) = (self.created_deciseconds(), self.updated_deciseconds());
        let age = now.0.saturating_sub(updated.0);
        let rules = [
            (!self.is_service_specific(), TcFault::NotServiceSpecific),
            (version < 4, TcFault::PolicyVersion { version }),
            (self.cmp_id() == 0, TcFault::NoPlatform),
            (
                !self.purposes_interest().and(needs_consent).is_empty(),
                TcFault::InterestNeedsConsent,
            ),
            (version >= 5 && self.disclosed_vendors().is_none(), TcFault::NoDisclosedVendors),
            (age < 0, TcFault::InFuture),
            (age > LONGEST, TcFault::TooOld),
            (created != changed || !created.is_multiple_of(DAY), TcFault::Moments),
            (self.has_odd_range(), TcFault::Range),
            (self.has_odd_restriction(), TcFault::Restriction),
        ];
        rules.into_iter().filter(|(is_broken, _)| *is_broken).map(|(_, fault)| fault).collect()
    }

    fn has_odd_range(&self) -> bool {
        let core = [Some(self.vendor_consents()), Some(self.vendor_interests())];
        let all = core.into_iter().chain([self.disclosed_vendors(), self.allowed_vendors()]);
        let all = all.flatten();
        all.filter(super::Vendors::is_ranges).any(|vendors| {
            let max = vendors.max();
            vendors
                .ranges()
                .any(|range| range.is_empty() || *range.start() == 0 || *range.end() > max)
        })
    }

    fn has_odd_restriction(&self) -> bool {
        let mut is_odd = false;
        let at = super::to_usize(self.restrictions_at);
        let _ = restrictions(self.core(), at, |purpose, kind, vendors| {
            let is_range = vendors.ranges().all(|range| !range.is_empty() && *range.start() > 0);
            is_odd |= kind == 3 || !(1..=24).contains(&purpose) || !is_range;
        });
        is_odd
    }
}
