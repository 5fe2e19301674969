//! What somebody did to consent, and what shows it.

use serde::{Deserialize, Serialize};
use upheld_ledger::UnixMillis;

use crate::moment::millis;
use crate::text::{TextError, check};
use crate::word::words;
use crate::{Date, Means, NoticeRef, RecipientId};

const STATEMENT: usize = 2_000;
const REFERENCE: usize = 256;

/// What a person did. Each is a clear affirmative act; silence, a box ticked beforehand and going on
/// reading are none, and have no variant.
///
/// ```compile_fail,E0599
/// use upheld_consent::Method;
///
/// let silence = Method::PreTicked;
/// ```
//= UK GDPR, Article 4(11): a statement or a clear affirmative action
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "whatever is not here is no consent")]
pub enum Method {
    /// Ticked a box that was empty.
    TickedBox,
    /// Pressed a button that says so.
    PressedButton,
    /// Turned on a setting that was off. Never explicit: it affirms no words.
    ChosenSetting,
    /// Signed a form.
    SignedForm,
    /// Wrote so.
    WrittenStatement,
    /// Said so.
    SpokenStatement,
}

words!(Method:
    TickedBox = "ticked-box",
    PressedButton = "pressed-button",
    ChosenSetting = "chosen-setting",
    SignedForm = "signed-form",
    WrittenStatement = "written-statement",
    SpokenStatement = "spoken-statement",
);

impl Method {
    /// Whether it can affirm words.
    //= ICO, consent: explicit consent is affirmed in words, not by an action alone
    #[must_use]
    pub const fn can_be_explicit(self) -> bool {
        !matches!(self, Self::ChosenSetting)
    }
}

/// How strong a consent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the law has two")]
pub enum ConsentKind {
    /// By an affirmative act: Art 4(11).
    Expressed,
    /// By affirming a statement: Art 9(2)(a).
    Explicit,
}

words!(ConsentKind: Expressed = "expressed", Explicit = "explicit");

/// Whether somebody can consent for themselves.
///
/// Services of prevention and counselling may be given to children who understand them without a
/// parent's consent (DPA 2018 s.9): there, say [`Own`](Self::Own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "they can, or somebody must for them")]
pub enum Capacity {
    /// They can.
    Own,
    /// Somebody with parental responsibility, or with power to decide for them, must.
    ByGuardian,
}

impl Capacity {
    /// The age from which a child consents to online services in the United Kingdom.
    //= DPA 2018, section 9: thirteen, where Article 8 of the GDPR says sixteen
    pub const UK_AGE: u8 = 13;

    /// Whether somebody born on a day is of an age, in whole years, on another.
    ///
    /// Who was born on 29 February grows older on 1 March in years without.
    #[must_use]
    pub fn of_age(born: Date, age: u8, on: Date) -> Self {
        let birthday = (born.year().saturating_add(age.into()), born.month(), born.day());
        if (on.year(), on.month(), on.day()) >= birthday { Self::Own } else { Self::ByGuardian }
    }
}

/// How it was made sure that a guardian is one.
//= UK GDPR, Article 8(2): reasonable efforts to verify that whoever consents has the responsibility
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "their own word is not among them")]
pub enum GuardianCheck {
    /// By a birth certificate or the like.
    Document,
    /// By an order of a court, or a registered power.
    CourtOrder,
    /// They are known in person: they registered the child.
    KnownInPerson,
    /// By a payment card in their name.
    PaymentCard,
}

words!(GuardianCheck:
    Document = "document",
    CourtOrder = "court-order",
    KnownInPerson = "known-in-person",
    PaymentCard = "payment-card",
);

/// Who consents for somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "who, and how it is known")]
pub struct Guardian {
    /// What they are known by: the number of an account or a file, 1 to 256 bytes.
    pub reference: String,
    /// How their authority was verified.
    pub verified_by: GuardianCheck,
}

/// What somebody did to consent; [`ConsentRecord::decide`](super::ConsentRecord::decide) makes a
/// [`Grant`] of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "to be filled in where somebody consents")]
pub struct Affirmation {
    /// Explicit, or not.
    pub kind: ConsentKind,
    /// What they did.
    pub method: Method,
    /// By what means.
    pub means: Means,
    /// The words beside the box, on the button or on the form, or that they spoke: 1 to 2000 bytes.
    pub statement: String,
    /// Where what shows it is kept: the number of a scan or a recording, 1 to 256 bytes.
    pub reference: Option<String>,
    /// Who consented for them.
    pub guardian: Option<Guardian>,
    /// When it ends, if before they are asked anew.
    pub until: Option<UnixMillis>,
}

/// A consent as it was given: who did what, on being told what, until when.
///
/// # Source
///
/// UK GDPR Art 7(1), to demonstrate that somebody consented; ICO, consent: who, when, how, and what
/// they were told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Grant {
    /// Explicit, or not.
    pub kind: ConsentKind,
    /// What they did.
    pub method: Method,
    /// By what means.
    pub means: Means,
    /// The words that they affirmed.
    pub statement: String,
    /// Where what shows it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who consented for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Guardian>,
    /// What they were shown.
    pub notice: NoticeRef,
    /// Whom they were told would be given their data.
    #[serde(default)]
    pub recipients: Vec<RecipientId>,
    /// Since when.
    #[serde(with = "millis")]
    pub since: UnixMillis,
    /// When it is over: from that moment on.
    #[serde(with = "millis")]
    pub until: UnixMillis,
}

impl Grant {
    pub(super) fn check(&self) -> Result<(), TextError> {
        check("the statement", &self.statement, STATEMENT)?;
        if let Some(reference) = &self.reference {
            check("the reference", reference, REFERENCE)?;
        }
        if let Some(guardian) = &self.guardian {
            check("the guardian's reference", &guardian.reference, REFERENCE)?;
        }
        Ok(())
    }
}
