//! Codes in messages, and who delivers them.
#![expect(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests may panic")]

use std::sync::Mutex;

use rand::rngs::SysRng;
use upheld_second_factor::{
    AccountId, Channel, Delivery, Factor, Guard, MemoryStore, MessageLifetime, Outcome, Policy,
    Reason, RequestId, SendError,
};
use upheld_totp::{Code, Digits, UnixSeconds};

const ALICE: AccountId = AccountId(1);
const SIGN_IN: RequestId = RequestId(77);
const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

/// A post office that keeps what it was given.
#[derive(Default)]
struct Kept(Mutex<Vec<(Channel, String, String)>>);

impl Delivery for Kept {
    type Error = &'static str;

    async fn deliver(
        &self,
        channel: Channel,
        address: &str,
        code: &Code,
    ) -> Result<(), Self::Error> {
        if address.is_empty() {
            return Err("no address");
        }
        let code = code.to_text().expose().to_owned();
        self.0.lock().unwrap().push((channel, address.to_owned(), code));
        Ok(())
    }
}

impl Kept {
    fn last(&self) -> Code {
        Code::parse(&self.0.lock().unwrap().last().unwrap().2).unwrap()
    }
}

async fn send(guard: &Guard<MemoryStore>, post: &Kept, now: UnixSeconds) -> Option<Reason> {
    let to = (Channel::Sms, "+44 20 7946 0018");
    match guard.send_code((ALICE, SIGN_IN), to, post, &mut SysRng, now).await.unwrap() {
        Outcome::Passed(sent) => {
            assert_eq!(sent.expires_at, UnixSeconds(now.0 + 600));
            None
        }
        Outcome::Refused(refused) => Some(refused.reason()),
    }
}

#[tokio::test]
async fn a_code_goes_out_comes_back_and_is_used_up() {
    let (guard, post) = (Guard::new(MemoryStore::default(), Policy::default()), Kept::default());
    assert_eq!(send(&guard, &post, NOW).await, None);
    let code = post.last();
    assert_eq!(code.digits(), Digits::Six);
    let outcome = guard.verify_message_code(ALICE, SIGN_IN, &code, NOW).await.unwrap();
    let Outcome::Passed(accepted) = outcome else { panic!("refused") };
    assert_eq!((accepted.account(), accepted.factor()), (ALICE, Factor::Message));
    let again = guard.verify_message_code(ALICE, SIGN_IN, &code, NOW).await.unwrap();
    assert!(matches!(again, Outcome::Refused(_)));
}

//= NIST SP 800-63B §5.1.3.2: an out-of-band secret is valid for at most 10 minutes
#[tokio::test]
async fn a_code_ends_after_ten_minutes_and_a_clock_set_back_does_not_revive_it() {
    let (guard, post) = (Guard::new(MemoryStore::default(), Policy::default()), Kept::default());
    assert_eq!(send(&guard, &post, NOW).await, None);
    for (now, reason) in
        [(UnixSeconds(NOW.0 + 600), Reason::Expired), (UnixSeconds(NOW.0 - 1), Reason::Expired)]
    {
        let outcome = guard.verify_message_code(ALICE, SIGN_IN, &post.last(), now).await.unwrap();
        let Outcome::Refused(refused) = outcome else { panic!("accepted at {now:?}") };
        assert_eq!(refused.reason(), reason);
    }
    let in_time = UnixSeconds(NOW.0 + 599);
    let outcome = guard.verify_message_code(ALICE, SIGN_IN, &post.last(), in_time).await.unwrap();
    assert!(matches!(outcome, Outcome::Passed(_)));
    assert_eq!(MessageLifetime::from_seconds(601), None);
    assert_eq!(MessageLifetime::from_seconds(0), None);
}

#[tokio::test]
async fn t20_nobody_is_flooded_and_guesses_at_messages_share_the_budget_of_codes() {
    let (guard, post) = (Guard::new(MemoryStore::default(), Policy::default()), Kept::default());
    for _ in 0..3 {
        assert_eq!(send(&guard, &post, NOW).await, None);
    }
    let until = UnixSeconds(NOW.0 + 60);
    assert_eq!(send(&guard, &post, NOW).await, Some(Reason::Throttled { until }));
    assert_eq!(post.0.lock().unwrap().len(), 3);

    let right = post.last();
    let wrong =
        Code::parse(if right == Code::parse("000000").unwrap() { "111111" } else { "000000" });
    let wrong = wrong.unwrap();
    for _ in 0..5 {
        let outcome = guard.verify_message_code(ALICE, SIGN_IN, &wrong, NOW).await.unwrap();
        assert!(matches!(outcome, Outcome::Refused(_)));
    }
    // A new message brings no new guesses.
    assert_eq!(send(&guard, &post, until).await, None);
    let outcome = guard.verify_message_code(ALICE, SIGN_IN, &post.last(), NOW).await.unwrap();
    let Outcome::Refused(refused) = outcome else { panic!("evaluated") };
    assert!(matches!(refused.reason(), Reason::Throttled { .. }));
}

#[tokio::test]
async fn a_failed_delivery_says_so() {
    let (guard, post) = (Guard::new(MemoryStore::default(), Policy::default()), Kept::default());
    let to = (Channel::Email, "");
    let sent = guard.send_code((ALICE, SIGN_IN), to, &post, &mut SysRng, NOW).await;
    assert_eq!(sent, Err(SendError::Delivery("no address")));
}

#[tokio::test]
async fn codes_have_the_length_of_the_policy_and_every_digit_in_every_place() {
    let policy = Policy { message_digits: Digits::Eight, ..Policy::default() };
    let mut seen = std::collections::HashSet::new();
    let post = Kept::default();
    for account in 0..200 {
        let guard = Guard::new(MemoryStore::default(), policy);
        let to = (Channel::Call, "+44");
        let request = (AccountId(account), SIGN_IN);
        let sent = guard.send_code(request, to, &post, &mut SysRng, NOW).await.unwrap();
        assert!(matches!(sent, Outcome::Passed(_)));
        let text = post.last().to_text();
        assert_eq!(text.expose().len(), 8);
        seen.extend(text.expose().char_indices());
    }
    assert_eq!(seen.len(), 80);
}
