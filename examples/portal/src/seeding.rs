//! People for a load run, by the thousand: known authenticator keys, one password, and sign-ins
//! that await their code; and what has become of them afterwards.
//!
//! Nothing here opens a session, and whoever can call it can write the database anyway.

mod requests;

use std::fmt;
use std::sync::Arc;

use rand::rngs::SysRng;
use tokio::task::JoinSet;
use upheld_second_factor::{Credential as Factor, Kind};
use upheld_store::sql::Transaction;
use upheld_totp::{Algorithm, Parameters, Secret};
use zeroize::Zeroizing;

use crate::clock::Moment;
use crate::devices::{self, DeviceKind, DeviceName};
use crate::id::{Id, PersonId};
use crate::password::Credential;
use crate::people::{self, DisplayName, Email, NewPerson, Role};
use crate::random::NoRandomness;
use crate::records::{Records, RecordsError};
use crate::server::{OpenError, Portal};
use crate::sign_in;
use crate::token::{Token, TokenHash};

/// How many people are stored at once.
const BATCH: usize = 500;

/// How many people to add, and what they share.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "arguments with names")]
pub struct Seeding<'a> {
    /// How many people.
    pub people: usize,
    /// How many sign-ins of each await a code.
    pub awaited: usize,
    /// Everybody's password, hashed once.
    pub password: &'a str,
}

impl fmt::Debug for Seeding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seeding")
            .field("people", &self.people)
            .field("awaited", &self.awaited)
            .field("password", &"[redacted]")
            .finish()
    }
}

/// Somebody who was added.
#[derive(Debug)]
#[non_exhaustive]
pub struct Seeded {
    /// What to sign in with beside the password.
    pub email: String,
    /// What makes the codes.
    pub secret: Secret,
    /// Sign-ins that await a code.
    pub awaited: Vec<Awaited>,
}

/// A sign-in that awaits a code: what the browser holds of it.
#[expect(clippy::exhaustive_structs, reason = "what a browser holds")]
pub struct Awaited {
    /// The cookie, `name=value`.
    pub cookie: String,
    /// The form token of the page with the field for the code.
    pub form_token: String,
}

impl fmt::Debug for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Portal {
    /// Adds people for a load run. Returns them in no order.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the database or the system fails, or there are such people already.
    pub async fn seed(&self, seeding: Seeding<'_>) -> Result<Vec<Seeded>, OpenError> {
        let password = Zeroizing::new(seeding.password.to_owned());
        let credential = self.passwords.hash(password).await.map_err(OpenError::because)?;
        let shared = Arc::new(Shared { credential, now: self.clock.now() });
        let mut batches = JoinSet::new();
        let mut seeded = Vec::with_capacity(seeding.people);
        let mut next = 0_usize;
        while next < seeding.people {
            let end = next.saturating_add(BATCH).min(seeding.people);
            let drawn = (next..end).map(|number| draw(number, seeding.awaited));
            let drawn: Result<Vec<_>, RecordsError> = drawn.collect();
            let (rows, people): (Vec<_>, Vec<_>) =
                drawn.map_err(OpenError::because)?.into_iter().unzip();
            seeded.extend(people);
            let (records, shared) = (self.records.clone(), Arc::clone(&shared));
            batches.spawn(async move { store(records, shared, rows).await });
            // A few at a time: the queue of the database is short.
            if batches.len() >= 4 {
                settle(batches.join_next().await)?;
            }
            next = end;
        }
        while let Some(batch) = batches.join_next().await {
            settle(Some(batch))?;
        }
        Ok(seeded)
    }
}

/// What all people have in common.
struct Shared {
    credential: Credential,
    now: Moment,
}

/// What is stored of one person.
struct Rows {
    person: PersonId,
    email: Email,
    factor: Factor,
    awaited: Vec<TokenHash>,
}

type Settled = Result<Result<(), RecordsError>, tokio::task::JoinError>;

fn settle(batch: Option<Settled>) -> Result<(), OpenError> {
    match batch {
        Some(Ok(stored)) => stored.map_err(OpenError::because),
        Some(Err(error)) => Err(OpenError::because(error)),
        None => Ok(()),
    }
}

fn draw(number: usize, awaited: usize) -> Result<(Rows, Seeded), RecordsError> {
    let secret = Secret::generate(Algorithm::Sha1, &mut SysRng).map_err(|_| NoRandomness)?;
    let copy = Secret::from_bytes(secret.expose()).map_err(|_| NoRandomness)?;
    let tokens: Result<Vec<Token>, _> = (0..awaited).map(|_| Token::generate()).collect();
    let tokens = tokens?;
    let email = format!("person-{number}@example.com");
    let kind = Kind::Totp { secret: copy, parameters: Parameters::default() };
    let rows = Rows {
        person: PersonId::generate()?,
        email: Email::parse(&email).ok_or(NoRandomness)?,
        factor: Factor::from_parts(Id::generate()?.into(), kind, None),
        awaited: tokens.iter().map(Token::to_hash).collect(),
    };
    let awaited = tokens.iter().map(|token| Awaited {
        cookie: format!("__Host-login={}", token.to_text().as_str()),
        form_token: token.to_form_token().as_str().to_owned(),
    });
    Ok((rows, Seeded { email, secret, awaited: awaited.collect() }))
}

async fn store(records: Records, shared: Arc<Shared>, rows: Vec<Rows>) -> Result<(), RecordsError> {
    let database = records.database.clone();
    let stored = database.transact(move |transaction| {
        rows.into_iter().try_for_each(|rows| store_one(&records, transaction, &shared, rows))
    });
    stored.await
}

fn store_one(
    records: &Records,
    transaction: &mut Transaction<'_>,
    shared: &Shared,
    rows: Rows,
) -> Result<(), RecordsError> {
    let Rows { person, email, factor, awaited } = rows;
    let Shared { credential, now } = shared;
    let name = DisplayName::parse("Somebody").map_err(|_| NoRandomness)?;
    let credential = credential.clone();
    let new = NewPerson { id: person, email, name, credential, role: Role::Patient };
    let _is_new = people::add(transaction, &new)?;
    let device = DeviceName::parse("App").map_err(|_| NoRandomness)?;
    devices::add(transaction, person, (factor.id().into(), &device, DeviceKind::App), *now)?;
    let sealed = records.guard.store().seal_credential(person.into(), &factor)?;
    let _added = sealed.add(transaction, (*now).into())?;
    for token in awaited {
        sign_in::await_second_factor(transaction, (Id::generate()?, token), person, *now)?;
    }
    Ok(())
}
