//! What happens to the protection of an account, told to its person by e-mail in the transaction
//! in which it happens: so nothing happens untold, and nothing is told that did not happen.
//!
//! No message contains a secret, but for the two that exist to carry one: a link to reset the
//! password, and a code to sign in with.

mod data;

use upheld_consent::Date;
use upheld_second_factor::Factor;
use upheld_store::sql::Transaction;
use zeroize::Zeroizing;

pub(crate) use data::DataEvent;

use crate::CLINIC;
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::devices;
use crate::id::PersonId;
use crate::language::{Language, fill, phrase};
use crate::mail::{self, Letter};
use crate::people;
use crate::records::{Records, RecordsError};

/// Something that a person should know of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    DeviceAdded { name: &'a str },
    DeviceRemoved { name: &'a str },
    RecoveryCodeUsed { left: u8 },
    RecoveryCodesReplaced,
    PasswordChanged,
    PasswordResetAsked { link: &'a str },
    SignInCode { code: &'a str },
    CodesRefused { count: u32 },
    FactorDisabled,
    FactorUnlocked,
    FactorResetAsked { by: &'a str, until: Moment },
    FactorReset,
    AccountDisabled,
    AccountEnabled,
    DuoAdded,
    DuoRemoved,
    FraudReported,
    ConsentGiven { statement: &'a str },
    ConsentWithdrawn { statement: &'a str },
    MarketingStopped,
    RequestReceived { ask: &'a str, due: Date },
    RequestWithdrawn,
    Data(DataEvent),
}

/// How often the same may be told, for what an attacker could cause again and again.
const ONCE_SECONDS: i64 = 24 * 60 * 60;

impl Event<'_> {
    /// What the outbox knows it by.
    const fn kind(self) -> &'static str {
        match self {
            Self::DeviceAdded { .. } => "device added",
            Self::DeviceRemoved { .. } => "device removed",
            Self::RecoveryCodeUsed { .. } => "recovery code used",
            Self::RecoveryCodesReplaced => "recovery codes replaced",
            Self::PasswordChanged => "password changed",
            Self::PasswordResetAsked { .. } => "password reset asked",
            Self::SignInCode { .. } => "sign-in code",
            Self::CodesRefused { .. } => "codes refused",
            Self::FactorDisabled => "second factor disabled",
            Self::FactorUnlocked => "second factor unlocked",
            Self::FactorResetAsked { .. } => "second factor reset asked",
            Self::FactorReset => "second factor reset",
            Self::AccountDisabled => "account disabled",
            Self::AccountEnabled => "account enabled",
            Self::DuoAdded => "duo added",
            Self::DuoRemoved => "duo removed",
            Self::FraudReported => "fraud reported",
            Self::ConsentGiven { .. } => "consent given",
            Self::ConsentWithdrawn { .. } => "consent withdrawn",
            Self::MarketingStopped => "marketing objected to",
            Self::RequestReceived { .. } => "request received",
            Self::RequestWithdrawn => "request withdrawn",
            Self::Data(event) => event.kind(),
        }
    }

    const fn subject(self) -> &'static str {
        match self {
            Self::DeviceAdded { .. } => phrase("An authenticator was added to your account"),
            Self::DeviceRemoved { .. } => phrase("An authenticator was removed from your account"),
            Self::RecoveryCodeUsed { .. } => phrase("A recovery code was used"),
            Self::RecoveryCodesReplaced => phrase("Your recovery codes were replaced"),
            Self::PasswordChanged => phrase("Your password was changed"),
            Self::PasswordResetAsked { .. } => phrase("Choose a new password"),
            Self::SignInCode { .. } => phrase("Your code to sign in"),
            Self::CodesRefused { .. } => phrase("Somebody may know your password"),
            Self::FactorDisabled => phrase("Signing in with codes is blocked"),
            Self::FactorUnlocked => phrase("Signing in with codes works again"),
            Self::FactorResetAsked { .. } => {
                phrase("The removal of your second factor was asked for")
            }
            Self::FactorReset => phrase("Your second factor was removed"),
            Self::AccountDisabled => phrase("Your account was disabled"),
            Self::AccountEnabled => phrase("Your account was enabled again"),
            Self::DuoAdded => phrase("Duo was added to your account"),
            Self::DuoRemoved => phrase("Duo was removed from your account"),
            Self::FraudReported => phrase("You reported a sign-in that was not yours"),
            Self::ConsentGiven { .. } => phrase("Your consent was noted"),
            Self::ConsentWithdrawn { .. } => phrase("Your consent was taken back"),
            Self::MarketingStopped => phrase("You get no more news and offers"),
            Self::RequestReceived { .. } => phrase("We have your request"),
            Self::RequestWithdrawn => phrase("Your request was taken back"),
            Self::Data(event) => event.subject(),
        }
    }

    fn text(self, language: Language) -> String {
        match self {
            Self::DeviceAdded { name } => {
                let text = phrase("The authenticator “{name}” can now be used to sign in to your account.");
                fill(&language.say(text), "name", &name)
            }
            Self::DeviceRemoved { name } => {
                let text = phrase("The authenticator “{name}” can no longer be used to sign in to your account.");
                fill(&language.say(text), "name", &name)
            }
            Self::RecoveryCodeUsed { left } => language.count(
                "One of your recovery codes was used instead of your authenticator. You have {n} left.",
                "One of your recovery codes was used instead of your authenticator. You have {n} \
                 left; each works once.",
                left.into(),
            ),
            Self::PasswordResetAsked { link } => {
                let text = phrase(
                    "Somebody, most likely you, asked to choose a new password for your account. To \
                     do so, open this address within 30 minutes. It works once.\n\n{link}\n\nYour \
                     second factor stays as it is: you will need it to sign in. If you did not ask, \
                     do nothing: your password stays as it is.",
                );
                fill(&language.say(text), "link", &link)
            }
            Self::SignInCode { code } => {
                let text = phrase(
                    "Your code to sign in is\n\n{code}\n\nIt works once, within 10 minutes, and \
                     only in the browser in which you asked for it. Nobody from the clinic will ever \
                     ask you for it.",
                );
                fill(&language.say(text), "code", &code)
            }
            Self::CodesRefused { count } => {
                let text = phrase(
                    "Somebody gave your password and then {n} codes that were not right. If it was \
                     not you, somebody else knows your password: change it.",
                );
                fill(&language.say(text), "n", &count)
            }
            Self::FactorResetAsked { by, until } => {
                let text = phrase(
                    "{name} of the clinic asked to remove the second factor of your account, which \
                     is done for people who have lost their phone and their recovery codes. It \
                     happens when a second member of staff agrees, until {when}. If you did not ask \
                     the clinic for it, tell us at once.",
                );
                let text = fill(&language.say(text), "when", &language.moment(until));
                fill(&text, "name", &by)
            }
            Self::ConsentGiven { statement } => {
                let text = phrase("You said in the portal: “{statement}” You can take it back there at any time.");
                fill(&language.say(text), "statement", &language.say(statement))
            }
            Self::ConsentWithdrawn { statement } => {
                let text = phrase("You took back what you had said in the portal: “{statement}” We act on it from now on.");
                fill(&language.say(text), "statement", &language.say(statement))
            }
            Self::RequestReceived { ask, due } => {
                let text = phrase(
                    "We have your request: “{ask}”. We answer by {day} at the latest, or tell you before then why it takes longer. You see where it stands in the portal, under “Privacy”.",
                );
                let text = fill(&language.say(text), "ask", &language.say(ask));
                fill(&text, "day", &language.day(due))
            }
            Self::Data(event) => event.text(language),
            _ => language.say(self.plain_text()).into_owned(),
        }
    }

    /// The text of those in which nothing is filled.
    const fn plain_text(self) -> &'static str {
        match self {
            Self::RecoveryCodesReplaced => phrase(
                "Your account has a new set of recovery codes. The codes before it no longer work.",
            ),
            Self::PasswordChanged => {
                phrase("Your password was changed, and you were signed out everywhere else.")
            }
            Self::FactorDisabled => phrase(
                "There were too many wrong codes in a row, so codes are no longer accepted for your \
                 account. Sign in with a recovery code, or ask the clinic to unlock it.",
            ),
            Self::FactorUnlocked => {
                phrase("The clinic has unlocked your account: codes are accepted again.")
            }
            Self::FactorReset => phrase(
                "Two members of the clinic's staff have removed the second factor of your account. \
                 Your password alone signs you in now: add an authenticator again as soon as you \
                 can.",
            ),
            Self::AccountDisabled => {
                phrase("The clinic has disabled your account. You were signed out everywhere.")
            }
            Self::AccountEnabled => phrase("The clinic has enabled your account again."),
            Self::DuoAdded => phrase("Duo can now be used to sign in to your account."),
            Self::DuoRemoved => phrase("Duo can no longer be used to sign in to your account."),
            Self::FraudReported => phrase(
                "Somebody gave your password, and you reported to Duo that it was not you. They \
                 did not get in, and Duo is not asked about your account for 10 minutes. Change \
                 your password now: somebody else knows it.",
            ),
            Self::MarketingStopped => phrase(
                "You have objected to news and offers of the clinic. We send you none by any channel, \
                 until you agree to one again.",
            ),
            Self::RequestWithdrawn => phrase(
                "You have taken back a request about your data. You can make it again at any time.",
            ),
            Self::Data(_)
            | Self::ConsentGiven { .. }
            | Self::ConsentWithdrawn { .. }
            | Self::RequestReceived { .. }
            | Self::DeviceAdded { .. }
            | Self::DeviceRemoved { .. }
            | Self::RecoveryCodeUsed { .. }
            | Self::PasswordResetAsked { .. }
            | Self::SignInCode { .. }
            | Self::CodesRefused { .. }
            | Self::FactorResetAsked { .. } => "",
        }
    }

    /// What to do if it was somebody else, where the text does not say so.
    const fn advice(self) -> &'static str {
        match self {
            Self::PasswordResetAsked { .. }
            | Self::SignInCode { .. }
            | Self::CodesRefused { .. }
            | Self::FraudReported
            | Self::FactorResetAsked { .. } => "",
            _ => phrase("If this was not you, tell the clinic at once."),
        }
    }

    /// What the message says.
    fn letter(self, language: Language, now: Moment) -> Zeroizing<String> {
        let text = Zeroizing::new(self.text(language));
        let advice = match self.advice() {
            "" => String::new(),
            advice => format!("\n\n{}", language.say(advice)),
        };
        let end = language.say(phrase("Written {when}. Please do not reply: nobody reads it."));
        let end = fill(&end, "when", &language.moment(now));
        Zeroizing::new(format!("{}{advice}\n\n{CLINIC}\n{end}\n", *text))
    }

    const fn is_told_once(self) -> bool {
        matches!(self, Self::CodesRefused { .. } | Self::FactorDisabled)
    }
}

/// Writes `event` into the audit, and a message about it into the outbox.
///
/// What an attacker could cause again and again is told once a day; `false` when it was already.
pub(crate) fn record(
    records: &Records,
    transaction: &mut Transaction<'_>,
    (person, event): (PersonId, Event<'_>),
    actor: Actor,
    now: Moment,
) -> Result<bool, RecordsError> {
    let since = now.minus(ONCE_SECONDS);
    if event.is_told_once() && mail::is_in_outbox(transaction, person, event.kind(), since)? {
        return Ok(false);
    }
    let (action, subject) = (event.kind(), Some(person.to_bits()));
    audit::append(transaction, &Entry { at: now.into(), actor, action, subject })?;
    let language = people::language(transaction, person)?;
    let letter = Letter {
        kind: event.kind(),
        subject: language.say(event.subject()).into_owned(),
        body: event.letter(language, now),
    };
    mail::put(records, transaction, person, &letter, now)?;
    Ok(true)
}

/// The same for what a person did themselves.
pub(crate) fn tell(
    records: &Records,
    transaction: &mut Transaction<'_>,
    person: PersonId,
    event: Event<'_>,
    now: Moment,
) -> Result<(), RecordsError> {
    let actor = Actor::Person(person.to_bits());
    record(records, transaction, (person, event), actor, now).map(drop)
}

/// Notes which second factor was used, and tells of those that should be rare.
pub(crate) fn factor_used(
    records: &Records,
    transaction: &mut Transaction<'_>,
    person: PersonId,
    factor: Factor,
    now: Moment,
) -> Result<(), RecordsError> {
    let (actor, subject) = (Actor::Person(person.to_bits()), Some(person.to_bits()));
    let action = match factor {
        Factor::Code { .. } => "second factor accepted: code",
        Factor::Recovery { .. } => "second factor accepted: recovery code",
        _ => "second factor accepted: code by e-mail",
    };
    audit::append(transaction, &Entry { at: now.into(), actor, action, subject })?;
    match factor {
        Factor::Code { credential, .. } => {
            devices::note_use(transaction, person, credential.into(), now)?;
        }
        Factor::Recovery { left, .. } => {
            tell(records, transaction, person, Event::RecoveryCodeUsed { left }, now)?;
        }
        _ => {}
    }
    Ok(())
}
