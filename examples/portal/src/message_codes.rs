//! Codes by e-mail: off unless the settings say otherwise, eight digits, each for one sign-in.

use rand::rngs::SysRng;
use upheld_second_factor::{Channel, Delivery, Outcome, SendError};
use upheld_totp::Code;

use crate::clock::Moment;
use crate::events::{self, Event};
use crate::id::PersonId;
use crate::random::NoRandomness;
use crate::records::{Records, RecordsError};
use crate::sign_in::PendingLogin;

/// Sends a code for `login`, unless too many were sent lately.
pub(crate) async fn send(
    records: &Records,
    login: &PendingLogin,
    now: Moment,
) -> Result<(), RecordsError> {
    let delivery = Outbox { records, person: login.person(), now };
    let whose = (login.person().into(), login.id().into());
    // The outbox knows the address.
    let to = (Channel::Email, "");
    let sent = records.guard.send_code(whose, to, &delivery, &mut SysRng, now.into()).await;
    match sent {
        Ok(Outcome::Passed(_)) => Ok(()),
        Ok(Outcome::Refused(refused)) => {
            tracing::warn!(person = %login.person(), reason = ?refused.reason(), "no code was sent");
            Ok(())
        }
        Err(SendError::Store(error)) => Err(error.into()),
        Err(SendError::Delivery(error)) => Err(error),
        Err(_) => Err(NoRandomness.into()),
    }
}

/// Puts the message beside all others.
struct Outbox<'a> {
    records: &'a Records,
    person: PersonId,
    now: Moment,
}

impl Delivery for Outbox<'_> {
    type Error = RecordsError;

    async fn deliver(&self, _: Channel, _: &str, code: &Code) -> Result<(), RecordsError> {
        let (context, person, now) = (self.records.clone(), self.person, self.now);
        let text = code.to_text();
        let text = zeroize::Zeroizing::new(text.expose().to_owned());
        let put = self.records.database.transact(move |transaction| {
            events::tell(&context, transaction, person, Event::SignInCode { code: &text }, now)
        });
        put.await
    }
}
