//! Codes of apps and tokens, from enrolment to the last refusal.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

use upheld_second_factor::{
    AccountId, Added, Budget, Credential, CredentialId, Factor, Guard, Kind, MemoryStore, Outcome,
    Policy, Reason, Registry,
};
use upheld_totp::{
    Algorithm, Code, Counter, Digits, Hotp, Parameters, Secret, Totp, UnixSeconds, Window,
};

const ALICE: AccountId = AccountId(1);
const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

fn secret() -> Secret {
    // RFC 6238 appendix B, the seed of its SHA-1 test vectors.
    Secret::from_bytes(b"12345678901234567890").unwrap()
}

fn app() -> Totp {
    Totp::new(&secret(), Parameters::default())
}

fn later(seconds: u64) -> UnixSeconds {
    UnixSeconds(NOW.0 + seconds)
}

fn guard() -> Guard<MemoryStore> {
    Guard::new(MemoryStore::default(), Policy::default())
}

async fn enrol(guard: &Guard<MemoryStore>, account: AccountId, id: u128, kind: Kind) {
    let credential = Credential::from_parts(CredentialId(id), kind, None);
    assert_eq!(guard.store().add(account, &credential, NOW).await.unwrap(), Added::Added);
}

fn totp() -> Kind {
    Kind::Totp { secret: secret(), parameters: Parameters::default() }
}

fn hotp() -> Kind {
    Kind::Hotp { secret: secret(), algorithm: Algorithm::Sha1, digits: Digits::Six }
}

async fn reason(guard: &Guard<MemoryStore>, code: &Code, now: UnixSeconds) -> Option<Reason> {
    match guard.verify_code(ALICE, code, now).await.unwrap() {
        Outcome::Passed(_) => None,
        Outcome::Refused(refused) => Some(refused.reason()),
    }
}

#[tokio::test]
async fn t01_a_code_is_accepted_once_however_it_comes() {
    let guard = guard();
    enrol(&guard, ALICE, 1, totp()).await;
    let code = app().code_at(NOW);
    assert_eq!(reason(&guard, &code, NOW).await, None);
    assert_eq!(reason(&guard, &code, NOW).await, Some(Reason::Replayed));
    // T03: the same digits, spelled otherwise, are the same code.
    let text = code.to_text();
    let spaced = format!("{} {}", &text.expose()[..3], &text.expose()[3..]);
    assert_eq!(reason(&guard, &Code::parse(&spaced).unwrap(), NOW).await, Some(Reason::Replayed));
    for other in [format!("+{}", text.expose()), format!("{}\u{a0}", text.expose())] {
        assert!(Code::parse(&other).is_err());
    }
}

//= RFC 6238 §5.2: the code that confirmed the enrolment is used up by it
#[tokio::test]
async fn t05_the_code_that_confirmed_the_enrolment_signs_nobody_in() {
    let guard = guard();
    let code = app().code_at(NOW);
    let wrong = Code::parse("000000").unwrap();
    let refused = Credential::confirmed(CredentialId(1), totp(), &wrong, guard.policy(), NOW);
    let kind = refused.unwrap_err();
    let credential =
        Credential::confirmed(CredentialId(1), kind, &code, guard.policy(), NOW).unwrap();
    assert_eq!(guard.store().add(ALICE, &credential, NOW).await.unwrap(), Added::Added);
    assert_eq!(reason(&guard, &code, NOW).await, Some(Reason::Replayed));
    assert_eq!(reason(&guard, &app().code_at(later(30)), later(30)).await, None);
}

#[tokio::test]
async fn t06_two_people_with_one_secret_do_not_use_up_each_others_codes() {
    let guard = guard();
    enrol(&guard, ALICE, 1, totp()).await;
    enrol(&guard, AccountId(2), 1, totp()).await;
    let code = app().code_at(NOW);
    for account in [ALICE, AccountId(2)] {
        let outcome = guard.verify_code(account, &code, NOW).await.unwrap();
        let Outcome::Passed(accepted) = outcome else { panic!("{account:?} was refused") };
        assert_eq!(accepted.account(), account);
    }
}

#[tokio::test]
async fn t08_a_clock_that_went_back_revives_no_code_and_one_that_jumped_locks_nobody_out() {
    let guard = guard();
    enrol(&guard, ALICE, 1, totp()).await;
    // An hour ahead for a moment: a person's phone, which is right, is refused by then …
    assert_eq!(reason(&guard, &app().code_at(NOW), later(3600)).await, Some(Reason::Wrong));
    // … and accepted as soon as the server's clock is right again.
    assert_eq!(reason(&guard, &app().code_at(NOW), NOW).await, None);
    for back in [0, 30, 60, 3600] {
        let earlier = UnixSeconds(NOW.0 - back);
        let refused = reason(&guard, &app().code_at(NOW), earlier).await;
        assert!(matches!(refused, Some(Reason::Replayed | Reason::Wrong)), "{refused:?}");
        guard.store().unlock(ALICE, Budget::Code).await.unwrap();
    }
}

#[tokio::test]
async fn t15_only_a_right_code_sets_the_failures_back() {
    let guard = guard();
    enrol(&guard, ALICE, 1, totp()).await;
    let wrong = Code::parse("000000").unwrap();
    for failures in 1..=4 {
        let outcome = guard.verify_code(ALICE, &wrong, NOW).await.unwrap();
        let Outcome::Refused(refused) = outcome else { panic!("a wrong code was accepted") };
        assert_eq!((refused.reason(), refused.failures()), (Reason::Wrong, failures));
    }
    assert_eq!(reason(&guard, &app().code_at(NOW), NOW).await, None);
    let failures = guard.store().failures(ALICE, Budget::Code).await.unwrap();
    assert_eq!(failures.count, 0);
}

#[tokio::test]
async fn t39_a_person_is_told_one_thing() {
    let guard = guard();
    enrol(&guard, ALICE, 1, totp()).await;
    let code = app().code_at(NOW);
    let mut told = Vec::new();
    assert_eq!(reason(&guard, &code, NOW).await, None);
    for _ in 0..8 {
        for code in [&code, &Code::parse("000000").unwrap()] {
            let Outcome::Refused(refused) = guard.verify_code(ALICE, code, NOW).await.unwrap()
            else {
                panic!("accepted")
            };
            told.push((refused.reason(), refused.to_string()));
        }
    }
    let nobody = guard.verify_code(AccountId(9), &code, NOW).await.unwrap();
    let Outcome::Refused(nobody) = nobody else { panic!("accepted") };
    told.push((nobody.reason(), nobody.to_string()));
    assert!(told.iter().any(|(reason, _)| *reason == Reason::Wrong));
    assert!(told.iter().any(|(reason, _)| *reason == Reason::Replayed));
    assert!(told.iter().any(|(reason, _)| matches!(reason, Reason::Throttled { .. })));
    assert!(told.iter().any(|(reason, _)| *reason == Reason::NotEnrolled));
    assert!(told.iter().all(|(_, text)| text == "the code was not accepted"));
}

#[tokio::test]
async fn any_of_several_devices_will_do_and_each_costs_its_chance() {
    let guard = guard();
    let other = || Secret::from_bytes(&[9; 20]).unwrap();
    enrol(&guard, ALICE, 1, totp()).await;
    enrol(&guard, ALICE, 2, Kind::Totp { secret: other(), parameters: Parameters::default() })
        .await;
    enrol(&guard, ALICE, 3, hotp()).await;
    let second = Totp::new(&other(), Parameters::default());
    for (code, id) in [
        (app().code_at(NOW), 1),
        (second.code_at(NOW), 2),
        (Hotp::new(&secret(), Algorithm::Sha1, Digits::Six).code(Counter(4)), 3),
    ] {
        let outcome = guard.verify_code(ALICE, &code, NOW).await.unwrap();
        let Outcome::Passed(accepted) = outcome else { panic!("device {id} was refused") };
        let Factor::Code { credential, .. } = accepted.factor() else { panic!("not a code") };
        assert_eq!(credential, CredentialId(id));
    }
    let charged = guard.charge_code(ALICE, NOW).await.unwrap();
    assert!(matches!(charged, Outcome::Passed(_)));
    // Three steps of each app, eleven counters of the token, a hundred for each in 10^8.
    let failures = guard.store().failures(ALICE, Budget::Code).await.unwrap();
    assert_eq!(failures.guessed.0, (3 + 3 + 11) * 100);
}

/// RFC 4226 appendix D: the codes of counters 0 to 9.
const RFC_4226: [&str; 10] = [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
];

//= RFC 4226 §7.4: a sequence of codes must match before a distant counter is believed
#[tokio::test]
async fn a_token_that_ran_ahead_comes_back_by_two_codes_in_a_row() {
    let policy = Policy { look_ahead: 2, ..Policy::default() };
    let guard = Guard::new(MemoryStore::default(), policy);
    enrol(&guard, ALICE, 1, hotp()).await;
    let code = |counter: usize| Code::parse(RFC_4226[counter]).unwrap();
    let resynchronize = async |codes: [usize; 2]| {
        let [first, second] = codes.map(code);
        let outcome = guard.resynchronize(ALICE, (&first, &second), NOW).await.unwrap();
        matches!(outcome, Outcome::Passed(_))
    };
    let is_accepted = async |counter| reason(&guard, &code(counter), NOW).await.is_none();

    assert!(!is_accepted(7).await, "beyond the look-ahead");
    assert!(!resynchronize([7, 9]).await, "not in a row");
    assert!(!resynchronize([8, 7]).await, "in the wrong order");
    assert!(resynchronize([6, 7]).await);
    assert!(!resynchronize([6, 7]).await, "used up");
    assert!(!is_accepted(7).await, "used up by the resynchronisation");
    assert!(is_accepted(9).await);
    assert!(!is_accepted(8).await, "the counter does not go back");
}

#[tokio::test]
async fn a_token_whose_counter_ended_and_a_clock_that_ended_are_no_way_in() {
    let guard = guard();
    let last = Credential::from_parts(CredentialId(1), hotp(), Some(u64::MAX));
    assert_eq!(guard.store().add(ALICE, &last, NOW).await.unwrap(), Added::Added);
    let end = UnixSeconds(u64::MAX);
    for now in [UnixSeconds(0), end] {
        let code = Hotp::new(&secret(), Algorithm::Sha1, Digits::Six).code(Counter(u64::MAX));
        assert_eq!(reason(&guard, &code, now).await, Some(Reason::Wrong));
    }
    enrol(&guard, ALICE, 2, totp()).await;
    assert_eq!(reason(&guard, &app().code_at(end), end).await, None);
    assert_eq!(reason(&guard, &app().code_at(end), end).await, Some(Reason::Replayed));
}

#[test]
fn the_window_is_the_policys() {
    let exact = Policy { window: Window::EXACT, ..Policy::default() };
    let confirm = |code: &Code, policy: &Policy| {
        Credential::confirmed(CredentialId(1), totp(), code, policy, NOW).is_ok()
    };
    let early = app().code_at(later(30));
    assert!(confirm(&early, &Policy::default()));
    assert!(!confirm(&early, &exact));
    assert!(confirm(&app().code_at(NOW), &exact));
}
