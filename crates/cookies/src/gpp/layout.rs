//! Which fields each section of the United States has.

use super::SectionId;

/// A field: its name, and how many values of two bits it has. The version is not among them.
pub(super) type Field = (&'static str, usize);

/// What follows the core segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    None,
    /// Whether the browser sent the Global Privacy Control signal.
    Gpc,
    /// Eight kinds of sensitive data.
    SensitiveData,
}

/// The fields of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) version: &'static str,
    pub(super) fields: &'static [Field],
    pub(super) extra: Extra,
}

impl Layout {
    /// The layout of a section in a version; `None` for sections of other kinds.
    pub(super) fn of(id: SectionId, version: u16) -> Option<Self> {
        let (version_field, fields, extra) = match id {
            SectionId::TcfEuV2 | SectionId::UspV1 => return None,
            SectionId::UsNat if version == 1 => ("Version", US_NAT_V1, Extra::Gpc),
            SectionId::UsNat => ("Version", US_NAT, Extra::Gpc),
            SectionId::UsCa => ("Version", US_CA, Extra::Gpc),
            SectionId::UsVa => ("Version", US_VA, Extra::None),
            SectionId::UsCo => ("Version", US_CO, Extra::Gpc),
            SectionId::UsUt => ("Version", US_UT, Extra::None),
            SectionId::UsCt => ("Version", US_CT, Extra::Gpc),
            SectionId::UsFl => ("Version", US_FL_NH, Extra::None),
            SectionId::UsMt => ("Version", US_MT, Extra::Gpc),
            SectionId::UsOr => ("Version", US_OR, Extra::Gpc),
            SectionId::UsDe => ("Version", US_DE, Extra::Gpc),
            SectionId::UsIa => ("Version", US_IA, Extra::Gpc),
            SectionId::UsNh => ("Version", US_FL_NH, Extra::Gpc),
            SectionId::UsNj => ("Version", US_NJ, Extra::Gpc),
            SectionId::UsTx | SectionId::UsNe | SectionId::UsTn | SectionId::UsMn => {
                ("Version", US_TX_NE_TN_MN, Extra::Gpc)
            }
            SectionId::UsMd => ("MspaVersion", US_MD, Extra::Gpc),
            SectionId::UsIn | SectionId::UsKy | SectionId::UsRi => {
                ("MspaVersion", US_IN_KY_RI, Extra::SensitiveData)
            }
        };
        Some(Self { version: version_field, fields, extra })
    }
}

const US_NAT: &[Field] = &[
    ("SharingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("SharingOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SensitiveDataProcessingOptOutNotice", 1),
    ("SensitiveDataLimitUseNotice", 1),
    ("SaleOptOut", 1),
    ("SharingOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 16),
    ("KnownChildSensitiveDataConsents", 3),
    ("PersonalDataConsents", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_CA: &[Field] = &[
    ("SaleOptOutNotice", 1),
    ("SharingOptOutNotice", 1),
    ("SensitiveDataLimitUseNotice", 1),
    ("SaleOptOut", 1),
    ("SharingOptOut", 1),
    ("SensitiveDataProcessing", 9),
    ("KnownChildSensitiveDataConsents", 2),
    ("PersonalDataConsents", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_VA: &[Field] = &[
    ("SharingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 8),
    ("KnownChildSensitiveDataConsents", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_CO: &[Field] = &[
    ("SharingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 7),
    ("KnownChildSensitiveDataConsents", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_UT: &[Field] = &[
    ("SharingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SensitiveDataProcessingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 8),
    ("KnownChildSensitiveDataConsents", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_CT: &[Field] = &[
    ("SharingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 8),
    ("KnownChildSensitiveDataConsents", 3),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_FL_NH: &[Field] = &[
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 8),
    ("KnownChildSensitiveDataConsents", 3),
    ("AdditionalDataProcessingConsent", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_MT: &[Field] = &[
    ("SharingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 8),
    ("KnownChildSensitiveDataConsents", 3),
    ("AdditionalDataProcessingConsent", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_OR: &[Field] = &[
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 11),
    ("KnownChildSensitiveDataConsents", 3),
    ("AdditionalDataProcessingConsent", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_TX_NE_TN_MN: &[Field] = &[
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 8),
    ("KnownChildSensitiveDataConsents", 1),
    ("AdditionalDataProcessingConsent", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_DE: &[Field] = &[
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 9),
    ("KnownChildSensitiveDataConsents", 5),
    ("AdditionalDataProcessingConsent", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_IA: &[Field] = &[
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SensitiveDataOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 8),
    ("KnownChildSensitiveDataConsents", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_NJ: &[Field] = &[
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 10),
    ("KnownChildSensitiveDataConsents", 5),
    ("AdditionalDataProcessingConsent", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];

const US_MD: &[Field] = &[
    ("MspaCoveredTransaction", 1),
    ("MspaMode", 1),
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("AdditionalDataProcessingConsent", 1),
];

const US_IN_KY_RI: &[Field] = &[
    ("MspaCoveredTransaction", 1),
    ("MspaMode", 1),
    ("ProcessingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SaleOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("KnownChildSensitiveDataConsents", 1),
    ("AdditionalDataProcessingConsent", 1),
];

const US_NAT_V1: &[Field] = &[
    ("SharingNotice", 1),
    ("SaleOptOutNotice", 1),
    ("SharingOptOutNotice", 1),
    ("TargetedAdvertisingOptOutNotice", 1),
    ("SensitiveDataProcessingOptOutNotice", 1),
    ("SensitiveDataLimitUseNotice", 1),
    ("SaleOptOut", 1),
    ("SharingOptOut", 1),
    ("TargetedAdvertisingOptOut", 1),
    ("SensitiveDataProcessing", 12),
    ("KnownChildSensitiveDataConsents", 2),
    ("PersonalDataConsents", 1),
    ("MspaCoveredTransaction", 1),
    ("MspaOptOutOptionMode", 1),
    ("MspaServiceProviderMode", 1),
];
