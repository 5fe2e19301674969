//! Between what `upheld-second-factor` knows and what a row holds: sealing and opening.

use rand::rngs::SysRng;
use upheld_second_factor::{
    AccountId, Added, Challenge, ChallengeHash, Chance, Credential, CredentialId, Kind, Material,
    Policy, RecoveryHash, RecoverySet, RequestId,
};
use upheld_totp::{Algorithm, Digits, Parameters, Secret, UnixSeconds};
use zeroize::Zeroizing;

use super::SecondFactorError;
use super::rows::{bytes, seconds};
use crate::Tenant;
use crate::keys::{KeyRing, OpenSealedError, Place, Sealed};
use crate::sql::{DatabaseError, Transaction, Value};

const CREDENTIALS: &str = "credentials";
const RECOVERY_SETS: &str = "recovery_sets";
const CHALLENGES: &str = "challenges";

/// A credential whose secret is sealed: what a row of `credentials` holds.
#[derive(Debug)]
pub struct SealedCredential {
    tenant: Tenant,
    account: AccountId,
    id: CredentialId,
    kind: StoredKind,
    sealed: Sealed,
    last_used: Option<i64>,
}

/// What makes the codes of a credential, without the secret.
#[derive(Clone, Copy, Debug)]
pub(super) enum StoredKind {
    Totp(Parameters),
    Hotp(Algorithm, Digits),
}

impl SealedCredential {
    pub(super) fn seal(
        ring: &KeyRing,
        tenant: &Tenant,
        account: AccountId,
        credential: &Credential,
    ) -> Result<Self, SecondFactorError> {
        let (kind, secret) = match credential.kind() {
            Kind::Totp { secret, parameters } => (StoredKind::Totp(*parameters), secret),
            Kind::Hotp { secret, algorithm, digits } => {
                (StoredKind::Hotp(*algorithm, *digits), secret)
            }
        };
        let out_of_range = |_| SecondFactorError::OutOfRange;
        let last_used = credential.last_used().map(i64::try_from).transpose();
        let place = place(CREDENTIALS, tenant, account, credential.id().0);
        Ok(Self {
            tenant: tenant.clone(),
            account,
            id: credential.id(),
            kind,
            sealed: seal(ring, place, secret.expose())?,
            last_used: last_used.map_err(out_of_range)?,
        })
    }

    /// Adds it to its account, in a transaction.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub fn add(
        self,
        transaction: &mut Transaction<'_>,
        now: UnixSeconds,
    ) -> Result<Added, DatabaseError> {
        transaction.check_tenant(&self.tenant)?;
        let (kind, algorithm, digits, period, t0) = match self.kind {
            StoredKind::Totp(Parameters { algorithm, digits, period, t0 }) => {
                (1, algorithm, digits, Value::from(period.as_seconds()), seconds(t0))
            }
            StoredKind::Hotp(algorithm, digits) => (2, algorithm, digits, Value::Null, Value::Null),
        };
        let algorithm = match algorithm {
            Algorithm::Sha1 => 1,
            Algorithm::Sha256 => 256,
            Algorithm::Sha512 => 512,
        };
        let values = [
            bytes(self.account.0),
            bytes(self.id.0),
            Value::from(kind),
            Value::from(algorithm),
            Value::Integer(digits.count().into()),
            period,
            t0,
            self.sealed.key.0.into(),
            self.sealed.bytes.into(),
            self.last_used.into(),
            seconds(now),
        ];
        let added = transaction.execute(
            "INSERT INTO credentials (tenant, account, id, kind, algorithm, digits, period, t0,
                 key_id, sealed, last_used, added_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (tenant, account, id) DO NOTHING",
            &values,
        )?;
        Ok(if added == 1 { Added::Added } else { Added::Exists })
    }
}

/// A set of recovery codes whose key is sealed: a row of `recovery_sets` and some of
/// `recovery_codes`.
#[derive(Debug)]
pub struct SealedRecoverySet {
    tenant: Tenant,
    account: AccountId,
    id: CredentialId,
    sealed: Sealed,
    unused: Vec<(u8, RecoveryHash)>,
}

impl SealedRecoverySet {
    pub(super) fn seal(
        ring: &KeyRing,
        tenant: &Tenant,
        account: AccountId,
        set: &RecoverySet,
    ) -> Result<Self, SecondFactorError> {
        let sealed =
            seal(ring, place(RECOVERY_SETS, tenant, account, set.id().0), set.expose_key())?;
        let (tenant, unused) = (tenant.clone(), set.unused().into());
        Ok(Self { tenant, account, id: set.id(), sealed, unused })
    }

    /// Keeps it in place of any other set of its account, in a transaction.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub fn replace(
        self,
        transaction: &mut Transaction<'_>,
        now: UnixSeconds,
    ) -> Result<(), DatabaseError> {
        transaction.check_tenant(&self.tenant)?;
        let account = bytes(self.account.0);
        let values = [
            account.clone(),
            bytes(self.id.0),
            self.sealed.key.0.into(),
            self.sealed.bytes.into(),
            seconds(now),
        ];
        transaction.execute(
            "INSERT INTO recovery_sets (tenant, account, id, key_id, sealed, made_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant, account) DO UPDATE SET id = excluded.id,
                 key_id = excluded.key_id, sealed = excluded.sealed, made_at = excluded.made_at",
            &values,
        )?;
        let sql = "DELETE FROM recovery_codes WHERE tenant = $1 AND account = $2";
        transaction.execute(sql, std::slice::from_ref(&account))?;
        for (position, hash) in self.unused {
            transaction.execute(
                "INSERT INTO recovery_codes (tenant, account, position, hash)
                 VALUES ($1, $2, $3, $4)",
                &[account.clone(), Value::Integer(position.into()), hash.0.into()],
            )?;
        }
        Ok(())
    }
}

/// A challenge whose key is sealed: what a row of `challenges` holds.
#[derive(Debug)]
pub struct SealedChallenge {
    tenant: Tenant,
    account: AccountId,
    request: RequestId,
    digits: Digits,
    hash: ChallengeHash,
    sealed: Sealed,
    expires_at: UnixSeconds,
}

impl SealedChallenge {
    pub(super) fn seal(
        ring: &KeyRing,
        tenant: &Tenant,
        account: AccountId,
        challenge: &Challenge,
    ) -> Result<Self, SecondFactorError> {
        let place = place(CHALLENGES, tenant, account, challenge.request().0);
        Ok(Self {
            tenant: tenant.clone(),
            account,
            request: challenge.request(),
            digits: challenge.digits(),
            hash: challenge.hash(),
            sealed: seal(ring, place, challenge.expose_key())?,
            expires_at: challenge.expires_at(),
        })
    }

    /// Keeps it in place of any earlier one for its request, in a transaction.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub fn keep(self, transaction: &mut Transaction<'_>) -> Result<(), DatabaseError> {
        transaction.check_tenant(&self.tenant)?;
        let values = [
            bytes(self.account.0),
            bytes(self.request.0),
            Value::Integer(self.digits.count().into()),
            self.hash.0.into(),
            self.sealed.key.0.into(),
            self.sealed.bytes.into(),
            seconds(self.expires_at),
        ];
        let kept = transaction.execute(
            "INSERT INTO challenges (tenant, account, request, digits, hash, key_id, sealed,
                 expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (tenant, account, request) DO UPDATE SET digits = excluded.digits,
                 hash = excluded.hash, key_id = excluded.key_id, sealed = excluded.sealed,
                 expires_at = excluded.expires_at",
            &values,
        );
        kept.map(drop)
    }
}

/// What a charge loaded, its secrets still sealed.
pub(crate) enum LoadedMaterial {
    Credentials(Vec<LoadedCredential>),
    Recovery(LoadedSet),
    Challenge(LoadedChallenge),
    Delivery,
}

pub(crate) struct LoadedCredential {
    pub(super) id: CredentialId,
    pub(super) kind: StoredKind,
    pub(super) sealed: Sealed,
    pub(super) last_used: Option<u64>,
}

pub(crate) struct LoadedSet {
    pub(super) id: CredentialId,
    pub(super) sealed: Sealed,
    pub(super) unused: Vec<(u8, RecoveryHash)>,
}

pub(crate) struct LoadedChallenge {
    pub(super) request: RequestId,
    pub(super) digits: Digits,
    pub(super) hash: ChallengeHash,
    pub(super) sealed: Sealed,
    pub(super) expires_at: UnixSeconds,
}

impl LoadedMaterial {
    /// The chance of one guess, which is known before anything is opened.
    pub(super) fn chance(&self, policy: &Policy) -> Chance {
        match self {
            Self::Credentials(credentials) => {
                credentials.iter().fold(Chance::NONE, |sum, credential| {
                    sum.plus(match credential.kind {
                        StoredKind::Totp(parameters) => policy.chance_of_totp(parameters.digits),
                        StoredKind::Hotp(_, digits) => policy.chance_of_hotp(digits),
                    })
                })
            }
            Self::Challenge(challenge) => Chance::of_codes(1, challenge.digits),
            Self::Recovery(_) | Self::Delivery => Chance::NONE,
        }
    }

    pub(super) fn open(
        self,
        ring: &KeyRing,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<Material, OpenSealedError> {
        Ok(match self {
            Self::Credentials(credentials) => {
                let opened: Result<_, _> = credentials
                    .into_iter()
                    .map(|credential| credential.open(ring, tenant, account))
                    .collect();
                Material::Credentials(opened?)
            }
            Self::Recovery(set) => {
                let key =
                    open_key(ring, place(RECOVERY_SETS, tenant, account, set.id.0), &set.sealed)?;
                Material::Recovery(RecoverySet::from_parts(set.id, key, set.unused))
            }
            Self::Challenge(LoadedChallenge { request, digits, hash, sealed, expires_at }) => {
                let key = open_key(ring, place(CHALLENGES, tenant, account, request.0), &sealed)?;
                Material::Challenge(Challenge::from_parts(request, key, hash, digits, expires_at))
            }
            Self::Delivery => Material::Delivery,
        })
    }
}

impl LoadedCredential {
    fn open(
        self,
        ring: &KeyRing,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<Credential, OpenSealedError> {
        let opened = ring.open(place(CREDENTIALS, tenant, account, self.id.0), &self.sealed)?;
        // Whoever sealed it had a secret; its length was judged then.
        let secret = Secret::from_bytes_allowing_weak(&opened);
        let secret = secret.map_err(|_| OpenSealedError::Format)?;
        let kind = match self.kind {
            StoredKind::Totp(parameters) => Kind::Totp { secret, parameters },
            StoredKind::Hotp(algorithm, digits) => Kind::Hotp { secret, algorithm, digits },
        };
        Ok(Credential::from_parts(self.id, kind, self.last_used))
    }
}

fn open_key(
    ring: &KeyRing,
    place: Place<'_>,
    sealed: &Sealed,
) -> Result<Zeroizing<[u8; 32]>, OpenSealedError> {
    let opened = ring.open(place, sealed)?;
    let mut key = Zeroizing::new([0; 32]);
    if opened.len() != key.len() {
        return Err(OpenSealedError::Format);
    }
    key.copy_from_slice(&opened);
    Ok(key)
}

fn seal(ring: &KeyRing, place: Place<'_>, secret: &[u8]) -> Result<Sealed, SecondFactorError> {
    ring.seal(place, secret, &mut SysRng).map_err(|_| SecondFactorError::NoRandomness)
}

fn place<'a>(table: &'a str, tenant: &'a Tenant, account: AccountId, row: u128) -> Place<'a> {
    Place { table, tenant: tenant.as_str(), account: account.0, row }
}
