//! Who uses the data, and who is given it.

use serde::{Deserialize, Serialize};

use crate::RecipientId;
use crate::text::{TextError, check};
use crate::word::words;

const LINE: usize = 256;

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what is written on an envelope")]
pub struct Address {
    /// House and street.
    pub street: String,
    /// Town.
    pub locality: String,
    /// Postcode.
    pub postal_code: String,
    /// Two letters of ISO 3166-1, such as `GB`.
    pub country: String,
}

/// Whoever decides why and how data is used, as a notice must name them.
///
/// # Source
///
/// UK GDPR Art 13(1)(a) and (b); Kantara Consent Receipt 1.1 has no receipt without each of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what a notice must say; checked by it")]
pub struct Controller {
    /// Name of the body.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// Whom to write to: the data protection officer, or a desk.
    pub contact: String,
    /// E-mail address of that contact.
    pub email: String,
    /// Telephone number of that contact.
    pub phone: String,
    /// Where the privacy policy is, `https:`.
    pub policy_url: String,
}

impl Controller {
    /// Checks that nothing is blank, too long, or of another form; a notice does.
    ///
    /// # Errors
    ///
    /// [`TextError`], which names the field.
    pub fn check(&self) -> Result<(), TextError> {
        check("the controller's name", &self.name, LINE)?;
        check("the controller's street", &self.address.street, LINE)?;
        check("the controller's town", &self.address.locality, LINE)?;
        check("the controller's postcode", &self.address.postal_code, LINE)?;
        check("the controller's contact", &self.contact, LINE)?;
        check("the controller's e-mail address", &self.email, LINE)?;
        check("the controller's telephone number", &self.phone, LINE)?;
        check("the address of the policy", &self.policy_url, LINE)?;
        let country = self.address.country.as_bytes();
        if country.len() != 2 || !country.iter().all(u8::is_ascii_uppercase) {
            return Err(TextError::Country);
        }
        if !self.policy_url.starts_with("https://") {
            return Err(TextError::Url);
        }
        Ok(())
    }
}

/// In what role somebody is given data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the law has three")]
pub enum RecipientRole {
    /// On the controller's instructions: Article 28.
    Processor,
    /// For purposes of their own.
    Controller,
    /// For purposes decided together: Article 26.
    JointController,
}

words!(RecipientRole:
    Processor = "processor",
    Controller = "controller",
    JointController = "joint-controller",
);

/// Somebody who is given data, by name.
///
/// Whoever relies on a consent must have been named when it was given; a category, such as
/// "advertising partners", is no name. Nothing here has room for one.
///
/// # Source
///
/// ICO, consent: what should a request say; UK GDPR Art 13(1)(e).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what a notice must say; checked by it")]
pub struct Recipient {
    /// Its name in records.
    pub id: RecipientId,
    /// Its name for people.
    pub name: String,
    /// What it does with the data.
    pub role: RecipientRole,
    /// Where it is told that a consent is over, or data corrected or erased: an address of any kind.
    pub contact: String,
}

impl Recipient {
    /// Checks that nothing is blank, too long, or of another form; a notice does.
    ///
    /// # Errors
    ///
    /// [`TextError`], which names the field.
    pub fn check(&self) -> Result<(), TextError> {
        check("a recipient's name", &self.name, LINE)?;
        check("a recipient's contact", &self.contact, LINE)
    }
}
