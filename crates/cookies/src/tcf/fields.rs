//! What a TC string says, field by field.

use super::{Numbers, TcString, Vendors, at};
use crate::UnixSeconds;

impl<'a> TcString<'a> {
    /// When the string was first made, in tenths of a second since 1970.
    #[must_use]
    pub fn created_deciseconds(&self) -> u64 {
        self.head.number(at::CREATED, 36)
    }

    /// When the string was last changed, in tenths of a second since 1970.
    #[must_use]
    pub fn updated_deciseconds(&self) -> u64 {
        self.head.number(at::UPDATED, 36)
    }

    /// When the string was last changed.
    #[must_use]
    pub fn updated(&self) -> UnixSeconds {
        UnixSeconds(i64::try_from(self.updated_deciseconds() / 10).unwrap_or_default())
    }

    /// The consent management platform that made it.
    #[must_use]
    pub fn cmp_id(&self) -> u16 {
        self.field(at::CMP_ID, 12)
    }

    /// The version of that platform.
    #[must_use]
    pub fn cmp_version(&self) -> u16 {
        self.field(at::CMP_VERSION, 12)
    }

    /// The screen on which the choice was made.
    #[must_use]
    pub fn consent_screen(&self) -> u16 {
        self.field(at::SCREEN, 6)
    }

    /// The language of that screen, two capital letters.
    #[must_use]
    pub fn language(&self) -> String {
        self.letters(at::LANGUAGE)
    }

    /// The version of the Global Vendor List.
    #[must_use]
    pub fn vendor_list_version(&self) -> u16 {
        self.field(at::LIST_VERSION, 12)
    }

    /// The version of the framework's policies.
    #[must_use]
    pub fn policy_version(&self) -> u16 {
        self.field(at::POLICY_VERSION, 6)
    }

    /// Whether the choice was made for one service.
    #[must_use]
    pub fn is_service_specific(&self) -> bool {
        self.flag(at::SERVICE_SPECIFIC)
    }

    /// Whether texts other than the standard ones were shown.
    #[must_use]
    pub fn uses_non_standard_texts(&self) -> bool {
        self.flag(at::NON_STANDARD_TEXTS)
    }

    /// The special features opted in to, 1 to 12.
    #[must_use]
    pub fn special_feature_opt_ins(&self) -> Numbers {
        Numbers::of_bits(self.head.number(at::SPECIAL_FEATURES, 12), 12)
    }

    /// The purposes consented to, 1 to 24.
    #[must_use]
    pub fn purposes_consent(&self) -> Numbers {
        Numbers::of_bits(self.head.number(at::PURPOSES_CONSENT, 24), 24)
    }

    /// The purposes for which a legitimate interest was disclosed and not objected to.
    #[must_use]
    pub fn purposes_interest(&self) -> Numbers {
        Numbers::of_bits(self.head.number(at::PURPOSES_INTEREST, 24), 24)
    }

    /// Whether purpose 1 was *not* disclosed, as some countries' law has it.
    #[must_use]
    pub fn purpose_one_treatment(&self) -> bool {
        self.flag(at::PURPOSE_ONE)
    }

    /// The country of the publisher's law, two capital letters.
    #[must_use]
    pub fn publisher_country(&self) -> String {
        self.letters(at::COUNTRY)
    }

    /// The vendors consented to.
    #[must_use]
    pub fn vendor_consents(&self) -> Vendors<'a> {
        Vendors::of(self.core(), self.consents)
    }

    /// The vendors whose legitimate interest was disclosed and not objected to.
    #[must_use]
    pub fn vendor_interests(&self) -> Vendors<'a> {
        Vendors::of(self.core(), self.interests)
    }

    /// The vendors disclosed to the person; `None` without that segment, which TCF 2.3 demands.
    #[must_use]
    pub fn disclosed_vendors(&self) -> Option<Vendors<'a>> {
        self.vendors(self.disclosed)
    }

    /// The vendors allowed out of band, a segment that TCF 2.2 took out.
    #[must_use]
    pub fn allowed_vendors(&self) -> Option<Vendors<'a>> {
        self.vendors(self.allowed)
    }

    fn letters(&self, at: usize) -> String {
        let letter = |at| {
            let place = u8::try_from(self.field(at, 6)).unwrap_or_default();
            char::from(b'A'.saturating_add(place))
        };
        [letter(at), letter(at.saturating_add(6))].into_iter().collect()
    }
}
