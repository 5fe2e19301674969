//! Where second factors are kept.

use upheld_second_factor::{
    AccountId, Added, Budget, Challenge, ChallengeHash, Chance, Charge, Consumed, Credential,
    CredentialId, Decision, Failures, Kind, Material, Policy, RecoveryHash, RecoverySet, Registry,
    Removed, RequestId, Store, Target, Use,
};
use upheld_store::sql::{Database, DatabaseError, Row, Transaction, Value};
use upheld_totp::{Algorithm, Digits, Parameters, Period, Secret, UnixSeconds};
use zeroize::Zeroizing;

#[derive(Clone, Debug)]
pub(crate) struct SecondFactors {
    database: Database,
}

#[expect(clippy::unused_self, reason = "an account belongs to a store")]
impl SecondFactors {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(crate) fn is_enrolled(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
    ) -> Result<bool, DatabaseError> {
        Ok(!self.credentials_in(transaction, account)?.is_empty())
    }

    pub(crate) fn credentials_in(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
    ) -> Result<Vec<CredentialId>, DatabaseError> {
        let rows = transaction.query(
            "SELECT id FROM credentials WHERE tenant = $1 AND account = $2",
            &[id(account.0)],
        )?;
        rows.iter().map(|row| Ok(CredentialId(id_at(row, 0)?))).collect()
    }

    pub(crate) fn add_in(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
        credential: &Credential,
        _: UnixSeconds,
    ) -> Result<Added, DatabaseError> {
        let (kind, secret, algorithm, digits, period) = match credential.kind() {
            Kind::Totp { secret, parameters } => (
                "totp",
                secret,
                parameters.algorithm,
                parameters.digits,
                parameters.period.as_seconds(),
            ),
            Kind::Hotp { secret, algorithm, digits } => ("hotp", secret, *algorithm, *digits, 0),
        };
        let algorithm = match algorithm {
            Algorithm::Sha1 => "sha1",
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        };
        let added = transaction.execute(
            "INSERT INTO credentials (tenant, account, id, kind, algorithm, digits, period, secret, last_used)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &[
                id(account.0),
                id(credential.id().0),
                kind.into(),
                algorithm.into(),
                u32::from(digits.count()).into(),
                i64::from(period).into(),
                secret.expose().into(),
                credential.last_used().map(|it| i64::try_from(it).unwrap_or(i64::MAX)).into(),
            ],
        )?;
        Ok(if added == 1 { Added::Added } else { Added::Exists })
    }

    pub(crate) fn remove_in(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
        credential: CredentialId,
    ) -> Result<Removed, DatabaseError> {
        let removed = transaction.execute(
            "DELETE FROM credentials WHERE tenant = $1 AND account = $2 AND id = $3",
            &[id(account.0), id(credential.0)],
        )?;
        Ok(if removed == 1 { Removed::Removed } else { Removed::Unknown })
    }

    pub(crate) fn replace_recovery_set_in(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
        set: &RecoverySet,
        _: UnixSeconds,
    ) -> Result<(), DatabaseError> {
        transaction.execute(
            "DELETE FROM recovery_codes WHERE tenant = $1 AND account = $2",
            &[id(account.0)],
        )?;
        transaction.execute(
            "INSERT INTO recovery_sets (tenant, account, id, key) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant, account) DO UPDATE SET id = excluded.id, key = excluded.key",
            &[id(account.0), id(set.id().0), set.expose_key().into()],
        )?;
        for (index, hash) in set.unused() {
            transaction.execute(
                "INSERT INTO recovery_codes (tenant, account, id, code, hash) VALUES ($1, $2, $3, $4, $5)",
                &[id(account.0), id(set.id().0), u32::from(*index).into(), hash.0.into()],
            )?;
        }
        Ok(())
    }

    pub(crate) fn unlock_in(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
        budget: Budget,
    ) -> Result<(), DatabaseError> {
        transaction.execute(
            "DELETE FROM failures WHERE tenant = $1 AND account = $2 AND budget = $3",
            &[id(account.0), name(budget).into()],
        )?;
        Ok(())
    }
}

impl Store for SecondFactors {
    type Error = DatabaseError;

    async fn charge(
        &self,
        account: AccountId,
        target: Target,
        policy: &Policy,
        now: UnixSeconds,
    ) -> Result<Charge, DatabaseError> {
        let policy = *policy;
        let charged = self.database.transact(move |transaction| {
            let Some(material) = load(transaction, account, target)? else {
                return Ok(Charge::NotEnrolled);
            };
            let budget = target.budget();
            let before = failures(transaction, account, budget)?;
            match target.decide(material.chance(&policy), &policy, before, now) {
                Decision::Charge(failures) => {
                    transaction.execute(
                        "INSERT INTO failures (tenant, account, budget, count, guessed, locked_until)
                         VALUES ($1, $2, $3, $4, $5, $6)
                         ON CONFLICT (tenant, account, budget) DO UPDATE SET count = excluded.count,
                             guessed = excluded.guessed, locked_until = excluded.locked_until",
                        &[
                            id(account.0),
                            name(budget).into(),
                            failures.count.into(),
                            failures.guessed.0.into(),
                            i64::try_from(failures.locked_until.0).unwrap_or(i64::MAX).into(),
                        ],
                    )?;
                    Ok(Charge::Charged { material, failures })
                }
                Decision::Throttled { until } => Ok(Charge::Throttled { until }),
                Decision::Disabled => Ok(Charge::Disabled),
            }
        });
        charged.await
    }

    async fn consume(
        &self,
        account: AccountId,
        what: Use,
        _: UnixSeconds,
    ) -> Result<Consumed, DatabaseError> {
        let store = self.clone();
        let consumed = self.database.transact(move |transaction| {
            let consumed = match what {
                Use::MovingFactor { credential, value } => transaction.execute(
                    "UPDATE credentials SET last_used = $4 WHERE tenant = $1 AND account = $2
                     AND id = $3 AND (last_used IS NULL OR last_used < $4)",
                    &[
                        id(account.0),
                        id(credential.0),
                        i64::try_from(value).unwrap_or(i64::MAX).into(),
                    ],
                ),
                Use::RecoveryCode { set, index } => transaction.execute(
                    "DELETE FROM recovery_codes WHERE tenant = $1 AND account = $2 AND id = $3 AND code = $4",
                    &[id(account.0), id(set.0), u32::from(index).into()],
                ),
                Use::Challenge { request, hash } => transaction.execute(
                    "DELETE FROM challenges WHERE tenant = $1 AND account = $2 AND request = $3 AND hash = $4",
                    &[id(account.0), id(request.0), hash.0.into()],
                ),
            }?;
            if consumed != 1 {
                return Ok(Consumed::TooLate);
            }
            store.unlock_in(transaction, account, what.budget())?;
            Ok(Consumed::Consumed)
        });
        consumed.await
    }

    async fn keep_challenge(
        &self,
        account: AccountId,
        challenge: &Challenge,
    ) -> Result<(), DatabaseError> {
        let values = [
            id(account.0),
            id(challenge.request().0),
            challenge.expose_key().into(),
            challenge.hash().0.into(),
            u32::from(challenge.digits().count()).into(),
            i64::try_from(challenge.expires_at().0).unwrap_or(i64::MAX).into(),
        ];
        let kept = self.database.transact(move |transaction| {
            transaction.execute(
                "INSERT INTO challenges (tenant, account, request, key, hash, digits, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (tenant, account, request) DO UPDATE SET key = excluded.key,
                     hash = excluded.hash, digits = excluded.digits, expires_at = excluded.expires_at",
                &values,
            )
        });
        kept.await.map(drop)
    }
}

impl Registry for SecondFactors {
    async fn add(
        &self,
        account: AccountId,
        credential: &Credential,
        now: UnixSeconds,
    ) -> Result<Added, DatabaseError> {
        let copy = copy_of(credential)?;
        let store = self.clone();
        self.database
            .transact(move |transaction| store.add_in(transaction, account, &copy, now))
            .await
    }

    async fn remove(
        &self,
        account: AccountId,
        credential: CredentialId,
    ) -> Result<Removed, DatabaseError> {
        let store = self.clone();
        self.database
            .transact(move |transaction| store.remove_in(transaction, account, credential))
            .await
    }

    async fn credentials(
        &self,
        account: AccountId,
    ) -> Result<Vec<(CredentialId, Option<u64>)>, DatabaseError> {
        let rows = self
            .database
            .query(
                "SELECT id, last_used FROM credentials WHERE tenant = $1 AND account = $2",
                &[id(account.0)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let last = row.optional_integer(1)?.map(|it| u64::try_from(it).unwrap_or_default());
                Ok((CredentialId(id_at(row, 0)?), last))
            })
            .collect()
    }

    async fn replace_recovery_set(
        &self,
        account: AccountId,
        set: &RecoverySet,
        now: UnixSeconds,
    ) -> Result<(), DatabaseError> {
        let copy = RecoverySet::from_parts(
            set.id(),
            Zeroizing::new(*set.expose_key()),
            set.unused().to_vec(),
        );
        let store = self.clone();
        self.database
            .transact(move |transaction| {
                store.replace_recovery_set_in(transaction, account, &copy, now)
            })
            .await
    }

    async fn unused_recovery_codes(&self, account: AccountId) -> Result<u8, DatabaseError> {
        let rows = self
            .database
            .query(
                "SELECT count(*) FROM recovery_codes WHERE tenant = $1 AND account = $2",
                &[id(account.0)],
            )
            .await?;
        let count = rows.first().map_or(Ok(0), |row| row.integer(0))?;
        Ok(u8::try_from(count).unwrap_or(u8::MAX))
    }

    async fn failures(
        &self,
        account: AccountId,
        budget: Budget,
    ) -> Result<Failures, DatabaseError> {
        let rows = self.database.query(
            "SELECT count, guessed, locked_until FROM failures WHERE tenant = $1 AND account = $2 AND budget = $3",
            &[id(account.0), name(budget).into()],
        ).await?;
        rows.first().map_or(Ok(Failures::default()), failures_at)
    }

    async fn unlock(&self, account: AccountId, budget: Budget) -> Result<(), DatabaseError> {
        let store = self.clone();
        self.database
            .transact(move |transaction| store.unlock_in(transaction, account, budget))
            .await
    }
}

fn load(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    target: Target,
) -> Result<Option<Material>, DatabaseError> {
    Ok(match target {
        Target::Credentials => {
            let rows = transaction.query(
                "SELECT id, kind, algorithm, digits, period, secret, last_used FROM credentials
                 WHERE tenant = $1 AND account = $2",
                &[id(account.0)],
            )?;
            let credentials: Vec<_> = rows.iter().map(credential_at).collect::<Result<_, _>>()?;
            (!credentials.is_empty()).then_some(Material::Credentials(credentials))
        }
        Target::Recovery => {
            let rows = transaction.query(
                "SELECT id, key FROM recovery_sets WHERE tenant = $1 AND account = $2",
                &[id(account.0)],
            )?;
            let Some(row) = rows.first() else { return Ok(None) };
            let key = Zeroizing::new(bytes_at(row, 1)?);
            let codes = transaction.query(
                "SELECT code, hash FROM recovery_codes WHERE tenant = $1 AND account = $2 ORDER BY code",
                &[id(account.0)],
            )?;
            let unused = codes.iter().map(|row| {
                Ok((
                    u8::try_from(row.integer(0)?).unwrap_or(u8::MAX),
                    RecoveryHash(bytes_at(row, 1)?),
                ))
            });
            let unused = unused.collect::<Result<_, DatabaseError>>()?;
            Some(Material::Recovery(RecoverySet::from_parts(
                CredentialId(id_at(row, 0)?),
                key,
                unused,
            )))
        }
        Target::Challenge(request) => {
            let rows = transaction.query(
                "SELECT key, hash, digits, expires_at FROM challenges
                 WHERE tenant = $1 AND account = $2 AND request = $3",
                &[id(account.0), id(request.0)],
            )?;
            let Some(row) = rows.first() else { return Ok(None) };
            Some(Material::Challenge(Challenge::from_parts(
                RequestId(request.0),
                Zeroizing::new(bytes_at(row, 0)?),
                ChallengeHash(bytes_at(row, 1)?),
                digits_at(row, 2)?,
                UnixSeconds(u64::try_from(row.integer(3)?).unwrap_or_default()),
            )))
        }
        Target::Delivery => Some(Material::Delivery),
    })
}

fn failures(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    budget: Budget,
) -> Result<Failures, DatabaseError> {
    let rows = transaction.query(
        "SELECT count, guessed, locked_until FROM failures WHERE tenant = $1 AND account = $2 AND budget = $3",
        &[id(account.0), name(budget).into()],
    )?;
    rows.first().map_or(Ok(Failures::default()), failures_at)
}

fn failures_at(row: &Row) -> Result<Failures, DatabaseError> {
    Ok(Failures {
        count: u32::try_from(row.integer(0)?).unwrap_or(u32::MAX),
        guessed: Chance(u32::try_from(row.integer(1)?).unwrap_or(u32::MAX)),
        locked_until: UnixSeconds(u64::try_from(row.integer(2)?).unwrap_or_default()),
    })
}

fn credential_at(row: &Row) -> Result<Credential, DatabaseError> {
    let wrong = |column, wanted| DatabaseError::Column { column, wanted };
    let secret =
        Secret::from_bytes_allowing_weak(row.blob(5)?).map_err(|_| wrong(5, "a secret"))?;
    let algorithm = match row.text(2)? {
        "sha1" => Algorithm::Sha1,
        "sha256" => Algorithm::Sha256,
        _ => Algorithm::Sha512,
    };
    let digits = digits_at(row, 3)?;
    let kind = if row.text(1)? == "hotp" {
        Kind::Hotp { secret, algorithm, digits }
    } else {
        Kind::Totp {
            secret,
            parameters: Parameters {
                algorithm,
                digits,
                period: Period::default(),
                ..Parameters::default()
            },
        }
    };
    let last = row.optional_integer(6)?.map(|it| u64::try_from(it).unwrap_or_default());
    Ok(Credential::from_parts(CredentialId(id_at(row, 0)?), kind, last))
}

fn copy_of(credential: &Credential) -> Result<Credential, DatabaseError> {
    let secret = |of: &Secret| {
        Secret::from_bytes_allowing_weak(of.expose())
            .map_err(|_| DatabaseError::Column { column: 0, wanted: "a secret" })
    };
    let kind = match credential.kind() {
        Kind::Totp { secret: of, parameters } => {
            Kind::Totp { secret: secret(of)?, parameters: *parameters }
        }
        Kind::Hotp { secret: of, algorithm, digits } => {
            Kind::Hotp { secret: secret(of)?, algorithm: *algorithm, digits: *digits }
        }
    };
    Ok(Credential::from_parts(credential.id(), kind, credential.last_used()))
}

fn digits_at(row: &Row, column: usize) -> Result<Digits, DatabaseError> {
    Ok(match row.integer(column)? {
        6 => Digits::Six,
        7 => Digits::Seven,
        _ => Digits::Eight,
    })
}

const fn name(budget: Budget) -> &'static str {
    match budget {
        Budget::Code => "code",
        Budget::Recovery => "recovery",
        Budget::Delivery => "delivery",
    }
}

fn id(bits: u128) -> Value {
    bits.to_be_bytes().into()
}

fn id_at(row: &Row, column: usize) -> Result<u128, DatabaseError> {
    bytes_at(row, column).map(u128::from_be_bytes)
}

fn bytes_at<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], DatabaseError> {
    row.blob(column)?
        .try_into()
        .map_err(|_| DatabaseError::Column { column, wanted: "other bytes" })
}
