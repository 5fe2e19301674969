//! The store under test beside the one in memory: the same questions, the same answers.

use std::convert::Infallible;

use upheld_totp::{Algorithm, Counter, Digits, Hotp, Parameters, Secret, Totp, UnixSeconds};

use super::{Harness, START, Trial, Violation, later};
use crate::out_of_band::Challenge;
use crate::store::{Charge, Material, Registry, Target, Use};
use crate::{
    AccountId, Budget, ChallengeHash, Credential, CredentialId, Kind, MemoryStore, Policy,
    RecoverySet, RequestId,
};

const STEPS: u32 = 60;

pub(super) async fn answers_as_the_model<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    let rounds = trial.extent.rounds.div_ceil(4);
    trial.law("any sequence of calls is answered as by the store in memory", rounds);
    for round in 0..rounds {
        let story = Story::new(trial);
        let model = MemoryStore::default();
        let mut now = START;
        for step in 0..STEPS {
            let call = story.call(trial);
            let expected: Result<_, Infallible> = story.make(&model, &call, now).await;
            let Ok(expected) = expected;
            let tested = trial.harness.store(usize::try_from(step % 4).unwrap_or_default());
            let answered = trial.answer(round, story.make(&tested, &call, now).await)?;
            trial.expect(round, answered == expected, || {
                format!("call {step}, {call:?}, was answered {answered}, not {expected}")
            })?;
            now = later(now, trial.draw.below(200).into());
        }
    }
    Ok(())
}

/// One account, and what is done to it.
struct Story {
    account: AccountId,
    secret: Secret,
    base: u128,
    challenges: Vec<Challenge>,
    sets: Vec<RecoverySet>,
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Add { at: u8, last_used: Option<u64>, is_time_based: bool },
    Remove { at: u8 },
    Charge { target: Target },
    Consume { what: Use },
    KeepSet { at: u8 },
    KeepChallenge { at: u8 },
    Unlock { budget: Budget },
}

impl Story {
    fn new<H: Harness>(trial: &mut Trial<'_, H>) -> Self {
        let account = trial.account();
        let base = trial.draw.number();
        let secret = trial.draw.secret();
        let mut sets = Vec::new();
        let mut challenges = Vec::new();
        for at in 0..3_u8 {
            let id = CredentialId(base.wrapping_add(at.into()));
            let Ok((set, _)) = RecoverySet::generate(account, id, &mut trial.draw);
            sets.push(set);
            // The last one is for the request of the first, and replaces it.
            let request = RequestId(base.wrapping_add((at % 2).into()));
            let drawn = Challenge::generate(account, request, Digits::Six, START, &mut trial.draw);
            let Ok((challenge, _)) = drawn;
            challenges.push(challenge);
        }
        Self { account, secret, base, challenges, sets }
    }

    fn id(&self, at: u8) -> CredentialId {
        CredentialId(self.base.wrapping_add(at.into()))
    }

    fn request(&self, at: u8) -> RequestId {
        RequestId(self.base.wrapping_add(at.into()))
    }

    /// Draws a call; most often those that sign-in makes.
    fn call<H: Harness>(&self, trial: &mut Trial<'_, H>) -> Call {
        let at = u8::try_from(trial.draw.below(3)).unwrap_or_default();
        let value = u64::from(trial.draw.below(8));
        let budget = Budget::ALL.get(usize::from(at)).copied().unwrap_or(Budget::Code);
        match trial.draw.below(16) {
            0 => Call::Add {
                at,
                last_used: value.checked_sub(1),
                is_time_based: trial.draw.below(2) == 0,
            },
            1 => Call::Remove { at },
            2 => Call::KeepSet { at },
            3 => Call::KeepChallenge { at },
            4 => Call::Unlock { budget },
            5..=7 => Call::Charge { target: Target::Credentials },
            8 => Call::Charge { target: Target::Recovery },
            9 => Call::Charge { target: Target::Challenge(self.request(at)) },
            10 => Call::Charge { target: Target::Delivery },
            11 | 12 => Call::Consume { what: Use::MovingFactor { credential: self.id(at), value } },
            13 => Call::Consume {
                what: Use::RecoveryCode {
                    set: self.id(at),
                    index: u8::try_from(value).unwrap_or_default(),
                },
            },
            _ => {
                let hash = self.challenges.get(usize::from(at)).map(Challenge::hash);
                let hash = hash.unwrap_or(ChallengeHash([0; 32]));
                Call::Consume { what: Use::Challenge { request: self.request(at % 2), hash } }
            }
        }
    }

    /// Makes the call and says what was answered, and what the account looks like then.
    async fn make<S: Registry>(
        &self,
        store: &S,
        call: &Call,
        now: UnixSeconds,
    ) -> Result<String, S::Error> {
        let account = self.account;
        let answer = match *call {
            Call::Add { at, last_used, is_time_based } => {
                let credential = self.credential(at, last_used, is_time_based);
                let Some(credential) = credential else { return Ok(String::new()) };
                format!("{:?}", store.add(account, &credential, now).await?)
            }
            Call::Remove { at } => format!("{:?}", store.remove(account, self.id(at)).await?),
            Call::Charge { target } => {
                describe(store.charge(account, target, &Policy::default(), now).await?, now)
            }
            Call::Consume { what } => format!("{:?}", store.consume(account, what, now).await?),
            Call::KeepSet { at } => {
                if let Some(set) = self.sets.get(usize::from(at)) {
                    store.replace_recovery_set(account, set, now).await?;
                }
                String::from("kept")
            }
            Call::KeepChallenge { at } => {
                if let Some(challenge) = self.challenges.get(usize::from(at)) {
                    store.keep_challenge(account, challenge).await?;
                }
                String::from("kept")
            }
            Call::Unlock { budget } => {
                store.unlock(account, budget).await?;
                String::from("unlocked")
            }
        };
        let mut credentials = store.credentials(account).await?;
        credentials.sort_unstable();
        let codes = store.unused_recovery_codes(account).await?;
        let mut failures = Vec::new();
        for budget in Budget::ALL {
            failures.push(store.failures(account, budget).await?);
        }
        Ok(format!("{answer}; {credentials:?}, {codes} recovery codes, {failures:?}"))
    }

    fn credential(
        &self,
        at: u8,
        last_used: Option<u64>,
        is_time_based: bool,
    ) -> Option<Credential> {
        let secret = Secret::from_bytes(self.secret.expose()).ok()?;
        let kind = if is_time_based {
            Kind::Totp { secret, parameters: Parameters::default() }
        } else {
            Kind::Hotp { secret, algorithm: Algorithm::Sha512, digits: Digits::Eight }
        };
        Some(Credential::from_parts(self.id(at), kind, last_used))
    }
}

/// Says what a charge handed out, down to the codes that the material makes.
fn describe(charge: Charge, now: UnixSeconds) -> String {
    let Charge::Charged { material, failures } = charge else { return format!("{charge:?}") };
    let mut material = match material {
        Material::Credentials(credentials) => {
            credentials.iter().map(|credential| describe_credential(credential, now)).collect()
        }
        Material::Recovery(set) => {
            let mut unused: Vec<_> =
                set.unused().iter().map(|(index, hash)| format!("{index} {:?}", hash.0)).collect();
            unused.push(format!("{:?} {:?}", set.id(), set.expose_key()));
            unused
        }
        Material::Challenge(challenge) => vec![format!(
            "{challenge:?} {:?} {:?} {:?}",
            challenge.expose_key(),
            challenge.hash().0,
            challenge.digits()
        )],
        Material::Delivery => Vec::new(),
    };
    material.sort_unstable();
    format!("{failures:?} {material:?}")
}

fn describe_credential(credential: &Credential, now: UnixSeconds) -> String {
    let code = match credential.kind() {
        Kind::Totp { secret, parameters } => Totp::new(secret, *parameters).code_at(now),
        Kind::Hotp { secret, algorithm, digits } => {
            Hotp::new(secret, *algorithm, *digits).code(Counter(now.0))
        }
    };
    format!("{:?} {:?} {}", credential.id(), credential.last_used(), code.to_text().expose())
}
