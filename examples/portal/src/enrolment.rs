//! Adding an authenticator app: a secret is shown, and counts once a code of it comes back.
//!
//! Until then it is *pending*: for ten minutes, in the session that asked for it, and without any
//! part in signing in. Starting anew replaces it. Once it counts it is never shown again.

use data_encoding::HEXLOWER;
use rusqlite::{OptionalExtension, Transaction, params};
use upheld_migrate_otp::SecretDocument;
use upheld_migrate_otp::qr::{QrCode, QrError};
use upheld_totp::{
    Algorithm, Code, Digits, Factor, KeyUri, Label, Match, Parameters, Period, Secret, Totp, Window,
};
use zeroize::Zeroizing;

use crate::CLINIC;
use crate::clock::Moment;
use crate::random::{self, NoRandomness};
use crate::second_factor::{self, secret_at};
use crate::sessions::{self, Session};
use crate::store::{Store, StoreError};
use crate::token::Token;

const PENDING_SECONDS: i64 = 10 * 60;

/// Why an enrolment could neither be started nor finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EnrolmentError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the account's name cannot stand in an otpauth URI")]
    Label,
    #[error(transparent)]
    Qr(#[from] QrError),
}

/// An enrolment that awaits its first code.
#[derive(Debug)]
pub(crate) struct Pending {
    id: String,
    secret: Secret,
}

/// What came of the first code.
#[derive(Debug)]
#[must_use]
pub(crate) enum Confirmation {
    /// The app counts from now on. The session goes on under this token.
    Activated(Token),
    /// Not a code of this secret, now.
    Wrong(Pending),
    /// Expired, replaced or confirmed already.
    Gone,
}

/// Makes up a secret for the person of `session` and returns the name of the enrolment.
///
/// `None` when the person has an app already.
pub(crate) async fn start(
    store: &Store,
    session: &Session,
    now: Moment,
) -> Result<Option<String>, EnrolmentError> {
    let id = HEXLOWER.encode(random::bytes::<16>()?.as_slice());
    let secret = random::totp_secret()?;
    let (name, person, session) = (id.clone(), session.person(), session.id());
    let started = store.run(move |transaction| {
        transaction.execute(
            "INSERT OR REPLACE INTO pending_enrolments (person, session, id, secret, expires_at)
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM factors WHERE person = ?1)",
            params![person, session, name, secret.expose(), now.plus(PENDING_SECONDS)],
        )
    });
    Ok((started.await? == 1).then_some(id))
}

/// Finds a pending enrolment of `session`.
pub(crate) async fn find(
    store: &Store,
    session: &Session,
    id: String,
    now: Moment,
) -> Result<Option<Pending>, StoreError> {
    let session = session.id();
    let found = store.run(move |transaction| {
        transaction
            .query_row(
                "SELECT secret FROM pending_enrolments
                 WHERE id = ? AND session = ? AND expires_at > ?",
                params![id, session, now],
                |row| Ok(Pending { secret: secret_at(row, 0)?, id: id.clone() }),
            )
            .optional()
    });
    found.await
}

impl Pending {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The secret for typing: base32 in groups of four.
    pub(crate) fn to_manual_key(&self) -> Zeroizing<String> {
        let base32 = self.secret.to_base32();
        let mut key = Zeroizing::new(String::with_capacity(64));
        for (at, sign) in base32.expose().chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                key.push(' ');
            }
            key.push(sign);
        }
        key
    }

    /// The secret for scanning: the image of an otpauth URI for `account`.
    pub(crate) fn to_qr_svg(&self, account: &str) -> Result<SecretDocument, EnrolmentError> {
        let label = Label::new(Some(CLINIC), account).map_err(|_| EnrolmentError::Label)?;
        let secret = Secret::from_bytes(self.secret.expose()).map_err(|_| EnrolmentError::Label)?;
        let uri = KeyUri {
            label,
            secret,
            algorithm: Algorithm::Sha1,
            digits: Digits::Six,
            factor: Factor::Totp { period: Period::default() },
        };
        Ok(QrCode::of_uri(&uri)?.to_svg("QR code with the key of your account"))
    }

    /// Makes the app count, if `code` is one of its codes and nobody was faster.
    pub(crate) async fn confirm(
        self,
        store: &Store,
        session: &Session,
        code: &Code,
        now: Moment,
    ) -> Result<Confirmation, EnrolmentError> {
        let totp = Totp::new(&self.secret, Parameters::default());
        let Match::Unused { step, .. } = totp.find(code, now.into(), Window::default(), None)
        else {
            return Ok(Confirmation::Wrong(self));
        };
        let token = Token::generate()?;
        let (hash, person, session) = (token.to_hash(), session.person(), session.id());
        let activated = store.run(move |transaction| {
            // Each may find that somebody was faster; the last one then says no.
            Ok(take(transaction, &self.id, session, now)?
                && second_factor::activate(transaction, person, &self.secret, step, now)?
                && sessions::renew(transaction, session, person, &hash)?)
        });
        if activated.await? {
            tracing::info!(person = person.number(), "second factor activated");
            return Ok(Confirmation::Activated(token));
        }
        Ok(Confirmation::Gone)
    }
}

fn take(
    transaction: &Transaction<'_>,
    id: &str,
    session: i64,
    now: Moment,
) -> rusqlite::Result<bool> {
    let taken = transaction.execute(
        "DELETE FROM pending_enrolments WHERE id = ? AND session = ? AND expires_at > ?",
        params![id, session, now],
    )?;
    Ok(taken == 1)
}
