//! A new password for somebody who forgot theirs, by a link sent to their e-mail address.
//!
//! The link signs nobody in and leaves second factors alone: whoever reads the mail of a person
//! gets one factor of it and no more.

use std::net::IpAddr;

use upheld_store::sql::DatabaseError;

use crate::accounts;
use crate::attempts::{self, ChargeError, Subject};
use crate::audit::Actor;
use crate::clock::Moment;
use crate::events::{self, Event};
use crate::id::PersonId;
use crate::network::Network;
use crate::new_password::NewPassword;
use crate::password::Passwords;
use crate::people::{self, Email};
use crate::records::{Records, RecordsError};
use crate::sign_in::SignInError;
use crate::token::Token;

const LINK_SECONDS: i64 = 30 * 60;

/// A link that was followed, while it lasts.
#[derive(Debug)]
pub(crate) struct Reset {
    person: PersonId,
    token: Token,
    email: String,
}

/// Sends a link to `email`, if it is somebody's and not too many were asked for.
///
/// Done when nothing depends on the address any more: the rest goes on by itself, so that neither
/// the answer nor the time it takes tells whether somebody has this address.
pub(crate) async fn ask(
    records: &Records,
    email: Email,
    from: IpAddr,
    now: Moment,
) -> Result<(), RecordsError> {
    let subjects = [Subject::Reset(email.clone()), Subject::Network(Network::of(from))];
    let charged =
        records.database.transact(move |transaction| attempts::charge(transaction, &subjects, now));
    match charged.await {
        Ok(()) => {}
        Err(ChargeError::Throttled) => {
            tracing::warn!("no link to reset a password: too soon after others");
            return Ok(());
        }
        Err(ChargeError::Database(error)) => return Err(error.into()),
    }
    let records = records.clone();
    tokio::spawn(async move {
        if let Err(error) = send_link(&records, email, now).await {
            tracing::error!(%error, "no link to reset a password was sent");
        }
    });
    Ok(())
}

impl Reset {
    pub(crate) const fn token(&self) -> &Token {
        &self.token
    }

    pub(crate) fn email(&self) -> &str {
        &self.email
    }

    /// Finds what the link with `token` is for, while it lasts.
    pub(crate) async fn find(
        records: &Records,
        token: Token,
        now: Moment,
    ) -> Result<Option<Self>, DatabaseError> {
        let rows = records
            .database
            .query(
                "SELECT person, email FROM password_resets
             JOIN people ON people.tenant = password_resets.tenant AND people.id = person
             WHERE password_resets.tenant = $1 AND token_hash = $2 AND expires_at > $3
                   AND state = 'active'",
                &[token.to_hash().into(), now.into()],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Self { person: PersonId::at(row, 0)?, token, email: row.text(1)?.to_owned() }))
    }

    /// Stores the new password and signs the person out everywhere; `false` when the link was
    /// used in the meantime.
    pub(crate) async fn redeem(
        self,
        records: &Records,
        passwords: &Passwords,
        new: NewPassword,
        now: Moment,
    ) -> Result<bool, SignInError> {
        let credential = passwords.hash(new.into_text()).await?;
        let (person, hash) = (self.person, self.token.to_hash());
        let context = records.clone();
        let redeemed = records.database.transact(move |transaction| {
            let taken = people::hold(transaction, person)?
                && transaction.execute(
                    "DELETE FROM password_resets
                     WHERE tenant = $1 AND token_hash = $2 AND person = $3",
                    &[hash.into(), person.into()],
                )? == 1;
            if taken {
                people::set_credential(transaction, person, &credential)?;
                accounts::end_all(transaction, person)?;
                events::tell(&context, transaction, person, Event::PasswordChanged, now)?;
            }
            Ok::<_, RecordsError>(taken)
        });
        Ok(redeemed.await?)
    }
}

async fn send_link(records: &Records, email: Email, now: Moment) -> Result<(), RecordsError> {
    let token = Token::generate()?;
    let context = records.clone();
    let sent = records.database.transact(move |transaction| {
        let Some((person, _)) = people::find(transaction, &email)? else { return Ok(()) };
        transaction.execute(
            "INSERT INTO password_resets (tenant, token_hash, person, expires_at)
             VALUES ($1, $2, $3, $4)",
            &[token.to_hash().into(), person.into(), now.plus(LINK_SECONDS).into()],
        )?;
        let public_url = &context.settings.public_url;
        let link = format!("{public_url}/password/reset/{}", token.to_text().as_str());
        let link = zeroize::Zeroizing::new(link);
        let event = Event::PasswordResetAsked { link: &link };
        events::record(&context, transaction, (person, event), Actor::Portal, now).map(drop)
    });
    sent.await
}
