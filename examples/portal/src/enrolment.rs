//! Adding an authenticator app: a secret is shown, and counts once a code of it comes back.
//!
//! Until then it is *pending*: for ten minutes, in the session that asked for it, and without any
//! part in signing in. Starting anew replaces it. Once it counts it is never shown again.

use upheld_migrate_otp::SecretDocument;
use upheld_migrate_otp::qr::{QrCode, QrError};
use upheld_second_factor::{Added, Credential, Kind};
use upheld_store::sql::{DatabaseError, Transaction};
use upheld_totp::{Algorithm, Code, Digits, Factor, KeyUri, Label, Parameters, Period, Secret};
use zeroize::Zeroizing;

use crate::CLINIC;
use crate::accounts;
use crate::audit::Actor;
use crate::clock::Moment;
use crate::devices::{self, DeviceKind, DeviceName};
use crate::duo::{self, Admitted};
use crate::events::{self, Event};
use crate::id::Id;
use crate::people::{self, Email};
use crate::random;
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};
use crate::sessions::{self, Session};
use crate::token::Token;
use crate::warrant::Warrant;

const PENDING_SECONDS: i64 = 10 * 60;
/// More would add nothing but chances to guess a code.
pub(crate) const MAX_DEVICES: i64 = 5;

/// Why an enrolment could neither be started nor finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EnrolmentError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error("the account's name cannot stand in an otpauth URI")]
    Label,
    #[error("a secret in the database is of no allowed length")]
    Secret,
    #[error(transparent)]
    Qr(#[from] QrError),
}

impl From<DatabaseError> for EnrolmentError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(error.into())
    }
}

/// An enrolment that awaits its first code.
#[derive(Debug)]
pub(crate) struct Pending {
    id: Id,
    name: DeviceName,
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
/// `None` when the person has as many devices as there may be.
pub(crate) async fn start(
    records: &Records,
    session: &Session,
    name: DeviceName,
    now: Moment,
) -> Result<Option<Id>, RecordsError> {
    let id = Id::generate()?;
    let secret = random::totp_secret()?;
    let (person, session) = (session.person(), session.id());
    let place = (Table::Enrolments, id, person);
    let [key, sealed] = sealed::seal(records, place, secret.expose())?;
    let started = records.database.transact(move |transaction| {
        if devices::count(transaction, person)? >= MAX_DEVICES {
            return Ok::<_, RecordsError>(false);
        }
        transaction.execute(
            "INSERT INTO pending_enrolments (tenant, person, session, id, name, key_id, secret,
                                            expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (tenant, person) DO UPDATE SET session = excluded.session,
                 id = excluded.id, name = excluded.name, key_id = excluded.key_id,
                 secret = excluded.secret,
                 expires_at = excluded.expires_at",
            &[
                person.into(),
                session.into(),
                id.into(),
                name.as_str().into(),
                key,
                sealed,
                now.plus(PENDING_SECONDS).into(),
            ],
        )?;
        Ok(true)
    });
    Ok(started.await?.then_some(id))
}

/// Finds a pending enrolment of `session`.
pub(crate) async fn find(
    records: &Records,
    session: &Session,
    id: Id,
    now: Moment,
) -> Result<Option<Pending>, EnrolmentError> {
    let rows = records
        .database
        .query(
            "SELECT name, key_id, secret FROM pending_enrolments
         WHERE tenant = $1 AND id = $2 AND session = $3 AND expires_at > $4",
            &[id.into(), session.id().into(), now.into()],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let place = (Table::Enrolments, id, session.person());
    let secret = sealed::open(records, place, &sealed::read(row, 1)?)?;
    let secret = Secret::from_bytes(&secret).map_err(|_| EnrolmentError::Secret)?;
    let name = DeviceName::parse(row.text(0)?).map_err(|_| EnrolmentError::Label)?;
    Ok(Some(Pending { id, name, secret }))
}

impl Pending {
    pub(crate) const fn id(&self) -> Id {
        self.id
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
        let uri = KeyUri {
            label,
            secret: self.copy_secret()?,
            algorithm: Algorithm::Sha1,
            digits: Digits::Six,
            factor: Factor::Totp { period: Period::default() },
        };
        Ok(QrCode::of_uri(&uri)?.to_svg("QR code with the key of your account"))
    }

    /// Makes the app count, if `code` is one of its codes and nobody was faster.
    pub(crate) async fn confirm(
        self,
        records: &Records,
        session: &Session,
        code: &Code,
        now: Moment,
    ) -> Result<Confirmation, EnrolmentError> {
        let kind = Kind::Totp { secret: self.copy_secret()?, parameters: Parameters::default() };
        let policy = records.guard.policy();
        let Ok(credential) = Credential::confirmed(self.id.into(), kind, code, policy, now.into())
        else {
            return Ok(Confirmation::Wrong(self));
        };
        let sealed = records.guard.store().seal_credential(session.person().into(), &credential);
        let sealed = sealed.map_err(RecordsError::from)?;
        let token = Token::generate().map_err(RecordsError::from)?;
        let (hash, person, session) = (token.to_hash(), session.person(), session.id());
        let context = records.clone();
        let Self { id, name, .. } = self;
        let activated = records.database.transact(move |transaction| {
            // An enrolment ends with its session: while there is the one, there is the other.
            if !people::hold(transaction, person)? || !take(transaction, id, session, now)? {
                return Ok(false);
            }
            let warrant = Warrant::of_confirmed(transaction, (person, sealed), now)?;
            let Some(warrant) = warrant else {
                return Ok(false);
            };
            devices::add(transaction, person, (id, &name, DeviceKind::App), now)?;
            accounts::end_all_but(transaction, person, session)?;
            events::tell(
                &context,
                transaction,
                person,
                Event::DeviceAdded { name: name.as_str() },
                now,
            )?;
            Ok::<_, RecordsError>(sessions::renew(transaction, session, hash, warrant, now)?)
        });
        if activated.await? {
            tracing::info!(%person, "second factor activated");
            return Ok(Confirmation::Activated(token));
        }
        Ok(Confirmation::Gone)
    }

    fn copy_secret(&self) -> Result<Secret, EnrolmentError> {
        Secret::from_bytes(self.secret.expose()).map_err(|_| EnrolmentError::Secret)
    }
}

/// Adds Duo to the account of `session`, whose person has just shown something to it; `None` when
/// nothing was shown, or the name is taken at Duo. The session goes on under the token.
pub(crate) async fn add_duo(
    records: &Records,
    session: &Session,
    admitted: Admitted,
    now: Moment,
) -> Result<Option<Token>, RecordsError> {
    let (person, session, username) = (session.person(), session.id(), session.email().to_owned());
    if admitted.person() != person {
        return Ok(None);
    }
    let token = Token::generate()?;
    let (hash, context) = (token.to_hash(), records.clone());
    let added = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        let warrant = Warrant::of_added_duo(transaction, (&admitted, &username), now)?;
        let Some(warrant) = warrant else { return Ok(false) };
        accounts::end_all_but(transaction, person, session)?;
        events::tell(&context, transaction, person, Event::DuoAdded, now)?;
        Ok::<_, RecordsError>(sessions::renew(transaction, session, hash, warrant, now)?)
    });
    Ok(added.await?.then_some(token))
}

/// Gives a person Duo, without their being asked; `false` when nobody who may sign in has this
/// address, or they have it.
pub(crate) async fn add_duo_of(
    records: &Records,
    email: Email,
    now: Moment,
) -> Result<bool, RecordsError> {
    let context = records.clone();
    let added = records.database.transact(move |transaction| {
        let Some((person, _)) = people::find(transaction, &email)? else { return Ok(false) };
        if !people::hold(transaction, person)?
            || !duo::add(transaction, person, email.as_str(), now)?
        {
            return Ok(false);
        }
        accounts::end_all(transaction, person)?;
        let event = (person, Event::DuoAdded);
        events::record(&context, transaction, event, Actor::Operator, now)?;
        Ok::<_, RecordsError>(true)
    });
    added.await
}

/// Gives a person a hardware token; `false` when nobody who may sign in has this address.
pub(crate) async fn add_token(
    records: &Records,
    email: Email,
    (name, secret): (DeviceName, Secret),
    now: Moment,
) -> Result<bool, RecordsError> {
    let id = Id::generate()?;
    let kind = Kind::Hotp { secret, algorithm: Algorithm::Sha1, digits: Digits::Six };
    let credential = Credential::from_parts(id.into(), kind, None);
    let context = records.clone();
    let added = records.database.transact(move |transaction| {
        let Some((person, _)) = people::find(transaction, &email)? else { return Ok(false) };
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        let sealed = context.guard.store().seal_credential(person.into(), &credential)?;
        let added = sealed.add(transaction, now.into())?;
        if added == Added::Added {
            devices::add(transaction, person, (id, &name, DeviceKind::Token), now)?;
            accounts::end_all(transaction, person)?;
            let event = Event::DeviceAdded { name: name.as_str() };
            events::tell(&context, transaction, person, event, now)?;
        }
        Ok::<_, RecordsError>(added == Added::Added)
    });
    added.await
}

fn take(
    transaction: &mut Transaction<'_>,
    id: Id,
    session: Id,
    now: Moment,
) -> Result<bool, DatabaseError> {
    let taken = transaction.execute(
        "DELETE FROM pending_enrolments
         WHERE tenant = $1 AND id = $2 AND session = $3 AND expires_at > $4",
        &[id.into(), session.into(), now.into()],
    )?;
    Ok(taken == 1)
}
