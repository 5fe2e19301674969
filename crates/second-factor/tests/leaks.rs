//! T42: known secrets are put into everything that prints, and nothing prints them.

use rand::rngs::SysRng;
use upheld_second_factor::{
    AccountId, Challenge, ChallengeHash, Charge, Credential, CredentialId, Guard, Kind,
    MemoryStore, Outcome, Policy, RecoveryCode, RecoverySet, Registry, RequestId, Store, Target,
};
use upheld_totp::{Code, Digits, Parameters, Secret, Totp, UnixSeconds};
use zeroize::Zeroizing;

const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
/// Every byte of every secret: `0xAB` is 171, `«` and `q6urvk` in base32.
const CANARY: u8 = 0xAB;

fn finds(texts: &[String], canaries: &[&str]) -> Vec<String> {
    let lower: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    canaries
        .iter()
        .filter(|canary| lower.iter().any(|text| text.contains(&canary.to_lowercase())))
        .map(ToString::to_string)
        .collect()
}

#[tokio::test]
async fn t42_nothing_prints_a_secret() {
    let guard = Guard::new(MemoryStore::default(), Policy::default());
    let account = AccountId(1);
    let secret = || Secret::from_bytes(&[CANARY; 20]).unwrap();
    let code = Totp::new(&secret(), Parameters::default()).code_at(NOW);
    let kind = Kind::Totp { secret: secret(), parameters: Parameters::default() };
    let credential = Credential::from_parts(CredentialId(2), kind, None);
    let (set, codes) = RecoverySet::generate(account, CredentialId(3), &mut SysRng).unwrap();
    let key = || Zeroizing::new([CANARY; 32]);
    let unused = set.unused().to_vec();
    let set = RecoverySet::from_parts(CredentialId(3), key(), unused);
    let hash = ChallengeHash([CANARY; 32]);
    let challenge = Challenge::from_parts(RequestId(4), key(), hash, Digits::Six, NOW);
    let mut texts = vec![
        format!("{credential:?} {set:?} {challenge:?} {hash:?}"),
        format!("{:?} {:?}", codes, set.unused()),
        format!("{:?}", RecoveryCode::parse("not a code")),
    ];
    let _added = guard.store().add(account, &credential, NOW).await.unwrap();
    guard.store().replace_recovery_set(account, &set, NOW).await.unwrap();
    guard.store().keep_challenge(account, &challenge).await.unwrap();
    for target in [Target::Credentials, Target::Recovery, Target::Challenge(RequestId(4))] {
        let charge = guard.store().charge(account, target, guard.policy(), NOW).await.unwrap();
        assert!(matches!(charge, Charge::Charged { .. }));
        texts.push(format!("{charge:?}"));
    }
    let Outcome::Passed(attempt) = guard.charge_code(account, NOW).await.unwrap() else {
        panic!("refused")
    };
    texts.push(format!("{attempt:?}"));
    let Outcome::Passed(candidate) = attempt.check(&code, NOW) else { panic!("not found") };
    texts.push(format!("{candidate:?} {guard:?} {code:?}"));
    texts.push(format!("{:?}", guard.consume(candidate, NOW).await.unwrap()));
    let again = guard.verify_code(account, &Code::parse("000000").unwrap(), NOW).await.unwrap();
    texts.push(format!("{again:?}"));

    let code = code.to_text();
    let mut canaries = vec!["abab", "171, 171", "«", "vovkxk5lvo", "%ab%ab", code.expose()];
    let recovery: Vec<_> = codes.iter().map(RecoveryCode::to_text).collect();
    canaries.extend(recovery.iter().map(|text| text.as_str()));
    assert_eq!(finds(&texts, &canaries), Vec::<String>::new(), "{texts:?}");
    // The control: the search does find what is there.
    texts.push(format!("{:?}", secret().expose()));
    assert_eq!(finds(&texts, &canaries), ["171, 171"]);
}
