//! A script of sign-ins under a clock that goes back and forth.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use upheld_second_factor::{
    AccountId, Added, Credential, CredentialId, Factor, Guard, Kind, MemoryStore, Outcome, Policy,
    Reason, Registry,
};
use upheld_totp::{Code, Parameters, Secret, Step, Totp, UnixSeconds};

const ACCOUNT: AccountId = AccountId(1);
const START: u64 = 1_800_000_000;

/// Two bytes are an event: the clock moves, a code of some step is submitted, or one is guessed.
///
/// Accepted steps only rise. Not more than a hundred attempts are evaluated between two successes,
/// and never two within a lock, however the clock goes.
pub fn accept_once(data: &[u8]) {
    let secret = || Secret::from_bytes(&[7; 20]).expect("20 bytes");
    let totp = Totp::new(&secret(), Parameters::default());
    let guard = Guard::new(MemoryStore::default(), Policy::default());
    let kind = Kind::Totp { secret: secret(), parameters: Parameters::default() };
    let credential = Credential::from_parts(CredentialId(1), kind, None);
    assert_eq!(ready(guard.store().add(ACCOUNT, &credential, UnixSeconds(0))), Added::Added);

    let (mut now, mut last_used, mut evaluated) = (START, None, 0_u32);
    for &[what, how] in data.as_chunks::<2>().0.iter().take(500) {
        let (what, how) = (what % 4, u64::from(how));
        match what {
            0 => now += how * 8,
            1 => now -= how,
            _ => {
                // Around now, or a guess that is seldom right.
                let step = now / 30 + how % 8 - 4;
                let code = if what == 2 { totp.code(Step(step)) } else { guess(how) };
                match ready(guard.verify_code(ACCOUNT, &code, UnixSeconds(now))) {
                    Outcome::Passed(accepted) => {
                        let Factor::Code { offset, .. } = accepted.factor() else {
                            panic!("not by a code")
                        };
                        let accepted = now / 30 + u64::try_from(offset + 1).expect("≥ -1") - 1;
                        assert!(last_used < Some(accepted), "{accepted} after {last_used:?}");
                        assert_eq!(totp.code(Step(accepted)), code);
                        last_used = Some(accepted);
                        evaluated = 0;
                    }
                    Outcome::Refused(refused) => match refused.reason() {
                        Reason::Wrong | Reason::Replayed => {
                            evaluated += 1;
                            assert_eq!(refused.failures(), evaluated);
                            assert!(evaluated <= 100);
                        }
                        Reason::Throttled { until } => {
                            assert!(evaluated >= 5 && until.0 > now && until.0 <= now + 960);
                        }
                        Reason::Disabled => assert_eq!(evaluated, 100),
                        other => panic!("{other:?}"),
                    },
                }
            }
        }
    }
}

fn guess(how: u64) -> Code {
    Code::parse(&format!("{:06}", how * 3907)).expect("six digits")
}

/// The store in memory never waits.
fn ready<T>(future: impl Future<Output = Result<T, std::convert::Infallible>>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(done)) => done,
        Poll::Pending => panic!("it waits"),
    }
}
