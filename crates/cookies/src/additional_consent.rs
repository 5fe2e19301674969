//! Google's Additional Consent string: vendors that are not on the Global Vendor List.

use crate::tcf::VendorIds;

/// The most vendors of a string.
pub const MAX_PROVIDERS: usize = 65_535;

/// What an Additional Consent string says.
///
/// ```
/// use upheld_cookies::additional_consent::AdditionalConsent;
///
/// let string = AdditionalConsent::parse("2~1.35.41~dv.9.21")?;
/// assert!(string.consented.contains(&35));
/// assert_eq!(string.disclosed, Some(vec![9, 21]));
/// assert_eq!(string.to_text(), "2~1.35.41~dv.9.21");
/// # Ok::<(), upheld_cookies::additional_consent::AdditionalConsentError>(())
/// ```
///
/// # Source
///
/// Google, Additional Consent technical specification, versions 1 and 2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the format has these fields and no others")]
pub struct AdditionalConsent {
    /// The ad technology providers consented to, as the text has them.
    pub consented: Vec<u32>,
    /// The providers that were disclosed and not consented to; `None` in version 1, which has none.
    pub disclosed: Option<Vec<u32>>,
}

/// Why a text is no Additional Consent string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdditionalConsentError {
    /// Another version.
    #[error("the string must begin with 1~ or 2~")]
    Version,
    /// A second part that is not that of disclosed providers.
    #[error("after the second ~ of version 2 must stand dv, and version 1 has no second ~")]
    Disclosed,
    /// Something that is no number.
    #[error("byte {at}: providers are numbers without leading zeros, with one dot between two")]
    Number {
        /// Where it begins.
        at: usize,
    },
    /// Too many.
    #[error("more than {MAX_PROVIDERS} providers")]
    TooMany,
}

impl AdditionalConsent {
    /// Reads a string.
    ///
    /// # Errors
    ///
    /// [`AdditionalConsentError`].
    pub fn parse(text: &str) -> Result<Self, AdditionalConsentError> {
        let (version, rest) = text.split_once('~').ok_or(AdditionalConsentError::Version)?;
        match version {
            "1" if rest.contains('~') => Err(AdditionalConsentError::Disclosed),
            "1" => Ok(Self { consented: numbers(rest, 2)?, disclosed: None }),
            "2" => {
                let (consented, disclosed) =
                    rest.split_once('~').ok_or(AdditionalConsentError::Disclosed)?;
                let listed =
                    disclosed.strip_prefix("dv").ok_or(AdditionalConsentError::Disclosed)?;
                let at = text.len().saturating_sub(listed.len());
                let listed = match listed.strip_prefix('.') {
                    None if listed.is_empty() => Vec::new(),
                    None => return Err(AdditionalConsentError::Disclosed),
                    Some("") => Vec::new(),
                    Some(listed) => numbers(listed, at.saturating_add(1))?,
                };
                Ok(Self { consented: numbers(consented, 2)?, disclosed: Some(listed) })
            }
            _ => Err(AdditionalConsentError::Version),
        }
    }

    /// Writes the string: version 2 if there is a list of disclosed providers, and else version 1.
    #[must_use]
    pub fn to_text(&self) -> String {
        let list = |numbers: &[u32]| {
            let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
            texts.join(".")
        };
        let consented = list(&self.consented);
        match &self.disclosed {
            None => format!("1~{consented}"),
            Some(disclosed) if disclosed.is_empty() => format!("2~{consented}~dv."),
            Some(disclosed) => format!("2~{consented}~dv.{}", list(disclosed)),
        }
    }

    /// The consented providers with numbers that a set of vendors can hold.
    #[must_use]
    pub fn to_vendor_ids(&self) -> VendorIds {
        let small = self.consented.iter().filter_map(|number| u16::try_from(*number).ok());
        VendorIds::of_ranges(small.map(|number| number..=number))
    }
}

fn numbers(text: &str, at: usize) -> Result<Vec<u32>, AdditionalConsentError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut numbers = Vec::new();
    let mut at = at;
    for part in text.split('.') {
        let is_digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let number = part.parse().ok().filter(|_| is_digits && !part.starts_with('0'));
        numbers.push(number.ok_or(AdditionalConsentError::Number { at })?);
        at = at.saturating_add(part.len()).saturating_add(1);
        if numbers.len() > MAX_PROVIDERS {
            return Err(AdditionalConsentError::TooMany);
        }
    }
    Ok(numbers)
}
