//! A TC string as plain data.

use super::vendors::MOST_RANGES;
use super::{Numbers, TcString, VendorIds, at, restrictions};
use crate::bits::{BitWriter, Bits};

/// Everything a TC string says, to change and to write.
///
/// ```
/// use upheld_cookies::tcf::{TcModel, TcString, VendorIds};
///
/// let text = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA";
/// let mut model = TcModel::from(TcString::parse(text)?);
/// model.vendor_consents = VendorIds::of(&[2, 6]);
/// let written = model.encode()?;
/// assert!(!TcString::parse(&written)?.vendor_consents().contains(8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the format has these fields and no others")]
pub struct TcModel {
    /// When it was first made, in tenths of a second since 1970.
    pub created: u64,
    /// When it was last changed, in tenths of a second since 1970.
    pub updated: u64,
    /// The consent management platform, below 4,096.
    pub cmp_id: u16,
    /// The version of that platform, below 4,096.
    pub cmp_version: u16,
    /// The screen of the choice, below 64.
    pub consent_screen: u16,
    /// The language of that screen, two capital letters.
    pub language: String,
    /// The version of the Global Vendor List, below 4,096.
    pub vendor_list_version: u16,
    /// The version of the framework's policies, below 64.
    pub policy_version: u16,
    /// Whether the choice was made for one service.
    pub is_service_specific: bool,
    /// Whether texts other than the standard ones were shown.
    pub uses_non_standard_texts: bool,
    /// The special features opted in to, 1 to 12.
    pub special_feature_opt_ins: Numbers,
    /// The purposes consented to, 1 to 24.
    pub purposes_consent: Numbers,
    /// The purposes with a legitimate interest, 1 to 24.
    pub purposes_interest: Numbers,
    /// Whether purpose 1 was not disclosed.
    pub purpose_one_treatment: bool,
    /// The country of the publisher's law, two capital letters.
    pub publisher_country: String,
    /// The vendors consented to.
    pub vendor_consents: VendorIds,
    /// The vendors with a legitimate interest.
    pub vendor_interests: VendorIds,
    /// What the publisher restricts.
    pub restrictions: Vec<Restriction>,
    /// The segments after the core, in order.
    pub segments: Vec<Segment>,
}

/// A restriction by the publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the format has these fields and no others")]
pub struct Restriction {
    /// The purpose concerned, below 64.
    pub purpose: u16,
    /// 0: not allowed; 1: consent is needed; 2: legitimate interest is needed; 3: undefined.
    pub kind: u16,
    /// The vendors concerned.
    pub vendors: VendorIds,
}

/// A segment after the core.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the format has these segments and no others")]
pub enum Segment {
    /// Type 1: the vendors disclosed to the person.
    DisclosedVendors(VendorIds),
    /// Type 2: the vendors allowed out of band, which TCF 2.2 took out.
    AllowedVendors(VendorIds),
    /// Type 3: the publisher's own purposes.
    PublisherTc(PublisherTc),
}

/// What was chosen for the publisher itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the format has these fields and no others")]
pub struct PublisherTc {
    /// The purposes consented to, 1 to 24.
    pub purposes_consent: Numbers,
    /// The purposes with a legitimate interest, 1 to 24.
    pub purposes_interest: Numbers,
    /// How many purposes of its own the publisher has, at most 63.
    pub custom_purposes: u16,
    /// Those of its own purposes consented to.
    pub custom_consent: Numbers,
    /// Those of its own purposes with a legitimate interest.
    pub custom_interest: Numbers,
}

/// A value that the format has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A number that is too great.
    #[error("{field} is {value}; at most {most} can be written")]
    Number {
        /// Which field.
        field: &'static str,
        /// What it holds.
        value: u64,
        /// The greatest that can be written.
        most: u64,
    },
    /// Something else than two capital letters.
    #[error("{field} must be two capital letters A-Z")]
    Letters {
        /// Which field.
        field: &'static str,
    },
    /// Two segments of one type.
    #[error("two segments are of one type")]
    RepeatedSegment,
}

impl From<TcString<'_>> for TcModel {
    fn from(tc: TcString<'_>) -> Self {
        let mut found = Vec::new();
        let at = super::to_usize(tc.restrictions_at);
        let _ = restrictions(tc.core(), at, |purpose, kind, vendors| {
            let vendors = VendorIds::of_ranges(vendors.ranges());
            found.push(Restriction { purpose, kind, vendors });
        });
        Self {
            created: tc.created_deciseconds(),
            updated: tc.updated_deciseconds(),
            cmp_id: tc.cmp_id(),
            cmp_version: tc.cmp_version(),
            consent_screen: tc.consent_screen(),
            language: tc.language(),
            vendor_list_version: tc.vendor_list_version(),
            policy_version: tc.policy_version(),
            is_service_specific: tc.is_service_specific(),
            uses_non_standard_texts: tc.uses_non_standard_texts(),
            special_feature_opt_ins: tc.special_feature_opt_ins(),
            purposes_consent: tc.purposes_consent(),
            purposes_interest: tc.purposes_interest(),
            purpose_one_treatment: tc.purpose_one_treatment(),
            publisher_country: tc.publisher_country(),
            vendor_consents: tc.vendor_consents().into(),
            vendor_interests: tc.vendor_interests().into(),
            restrictions: found,
            segments: segments(&tc),
        }
    }
}

/// The segments in the order in which the text has them.
fn segments(tc: &TcString<'_>) -> Vec<Segment> {
    let kind = |text: &str| Bits::of(text).ok()?.short(0, 3).ok();
    let segment = |text| match kind(text)? {
        1 => Some(Segment::DisclosedVendors(tc.disclosed_vendors()?.into())),
        2 => Some(Segment::AllowedVendors(tc.allowed_vendors()?.into())),
        _ => Some(Segment::PublisherTc(tc.publisher()?)),
    };
    tc.text.split('.').skip(1).filter_map(segment).collect()
}

impl TcString<'_> {
    /// What was chosen for the publisher itself, if the string has that segment.
    #[must_use]
    pub fn publisher(&self) -> Option<PublisherTc> {
        let bits = self.bits(self.publisher);
        let custom_purposes = bits.short(51, 6).ok()?;
        let custom = usize::from(custom_purposes);
        Some(PublisherTc {
            purposes_consent: Numbers::read(bits, 3, 24),
            purposes_interest: Numbers::read(bits, 27, 24),
            custom_purposes,
            custom_consent: Numbers::read(bits, 57, custom),
            custom_interest: Numbers::read(bits, custom.saturating_add(57), custom),
        })
    }
}

impl TcModel {
    /// Writes the string: the shorter form of every set, and no more bits than needed.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] when a value does not fit.
    pub fn encode(&self) -> Result<String, EncodeError> {
        let mut bits = BitWriter::default();
        bits.push(2, 6);
        push(&mut bits, "created", self.created, 36)?;
        push(&mut bits, "updated", self.updated, 36)?;
        push(&mut bits, "cmp_id", self.cmp_id.into(), 12)?;
        push(&mut bits, "cmp_version", self.cmp_version.into(), 12)?;
        push(&mut bits, "consent_screen", self.consent_screen.into(), 6)?;
        push_letters(&mut bits, "language", &self.language)?;
        push(&mut bits, "vendor_list_version", self.vendor_list_version.into(), 12)?;
        push(&mut bits, "policy_version", self.policy_version.into(), 6)?;
        bits.push_bit(self.is_service_specific);
        bits.push_bit(self.uses_non_standard_texts);
        let features = self.special_feature_opt_ins;
        push_numbers(&mut bits, "special_feature_opt_ins", features, 12)?;
        push_numbers(&mut bits, "purposes_consent", self.purposes_consent, 24)?;
        push_numbers(&mut bits, "purposes_interest", self.purposes_interest, 24)?;
        bits.push_bit(self.purpose_one_treatment);
        push_letters(&mut bits, "publisher_country", &self.publisher_country)?;
        debug_assert_eq!(bits.len(), at::VENDORS, "the fields before the vendors");
        self.vendor_consents.write(&mut bits);
        self.vendor_interests.write(&mut bits);
        self.push_restrictions(&mut bits)?;
        let mut text = bits.finish();
        let mut seen = [false; 3];
        for segment in &self.segments {
            let (place, segment) = segment.encode()?;
            if seen.get_mut(place).is_none_or(|seen| core::mem::replace(seen, true)) {
                return Err(EncodeError::RepeatedSegment);
            }
            text.push('.');
            text.push_str(&segment);
        }
        Ok(text)
    }

    fn push_restrictions(&self, bits: &mut BitWriter) -> Result<(), EncodeError> {
        push(bits, "restrictions", length(self.restrictions.len()), 12)?;
        for restriction in &self.restrictions {
            push(bits, "restriction purpose", restriction.purpose.into(), 6)?;
            push(bits, "restriction kind", restriction.kind.into(), 2)?;
            let ranges = restriction.vendors.ranges().len();
            fits("restriction vendors", length(ranges), length(MOST_RANGES))?;
            restriction.vendors.write_ranges(bits);
        }
        Ok(())
    }
}

impl Segment {
    /// Its place in the order of types, and its text.
    fn encode(&self) -> Result<(usize, String), EncodeError> {
        let mut bits = BitWriter::default();
        let place = match self {
            Self::DisclosedVendors(vendors) => {
                bits.push(1, 3);
                vendors.write(&mut bits);
                0
            }
            Self::AllowedVendors(vendors) => {
                bits.push(2, 3);
                vendors.write(&mut bits);
                1
            }
            Self::PublisherTc(publisher) => {
                bits.push(3, 3);
                let custom = usize::from(publisher.custom_purposes);
                push_numbers(&mut bits, "publisher purposes", publisher.purposes_consent, 24)?;
                push_numbers(&mut bits, "publisher purposes", publisher.purposes_interest, 24)?;
                push(&mut bits, "custom_purposes", publisher.custom_purposes.into(), 6)?;
                push_numbers(&mut bits, "custom_consent", publisher.custom_consent, custom)?;
                push_numbers(&mut bits, "custom_interest", publisher.custom_interest, custom)?;
                2
            }
        };
        Ok((place, bits.finish()))
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn fits(field: &'static str, value: u64, most: u64) -> Result<(), EncodeError> {
    if value > most { Err(EncodeError::Number { field, value, most }) } else { Ok(()) }
}

fn push(
    bits: &mut BitWriter,
    field: &'static str,
    value: u64,
    width: usize,
) -> Result<(), EncodeError> {
    let width_32 = u32::try_from(width).unwrap_or_default();
    let most = 1_u64.checked_shl(width_32).unwrap_or_default().saturating_sub(1);
    fits(field, value, most)?;
    bits.push(value, width);
    Ok(())
}

fn push_letters(
    bits: &mut BitWriter,
    field: &'static str,
    letters: &str,
) -> Result<(), EncodeError> {
    let is_letters = letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_letters {
        return Err(EncodeError::Letters { field });
    }
    letters.bytes().for_each(|byte| bits.push(byte.saturating_sub(b'A').into(), 6));
    Ok(())
}

fn push_numbers(
    bits: &mut BitWriter,
    field: &'static str,
    numbers: Numbers,
    width: usize,
) -> Result<(), EncodeError> {
    let greatest = numbers.iter().last().unwrap_or_default();
    fits(field, greatest.into(), length(width))?;
    let width = u8::try_from(width).unwrap_or_default();
    (1..=width).for_each(|number| bits.push_bit(numbers.contains(number)));
    Ok(())
}
