//! Passcodes of every kind, and how devices come and go.

use upheld_duo::admin::{
    Attach, BypassCode, CreateBypassCodes, CreateToken, CreateUser, Delete, List, NewToken,
    ResyncToken, Token,
};
use upheld_duo::auth::{
    Auth, AuthOutcome, Enroll, EnrollStatus, EnrollmentStatus, Factor, Passcode, Preauth,
    PreauthOutcome, Target, User,
};
use upheld_duo::{SecretText, UnixSeconds};
use upheld_duo_sim::Decision;

use crate::{Duo, NOW, push, refusal};

#[test]
fn sms_passcodes_come_in_batches_and_work_once() {
    let mut duo = Duo::new();
    let sms = Auth::new(User::named("sms"), Factor::Sms(Target::Any));
    let next = |duo: &mut Duo| {
        let preauth = Preauth::new(User::named("sms"));
        let Ok(PreauthOutcome::Challenge(challenge)) = duo.send(&preauth) else { panic!() };
        challenge.devices[0].next_sms_code.clone()
    };
    assert_eq!(next(&mut duo), None);
    assert!(matches!(duo.send(&sms), Ok(AuthOutcome::PasscodesSent(_))));
    let batch = |duo: &Duo| -> Vec<String> {
        let body = duo.simulator.messages("sms").last().unwrap().body.clone();
        body.split(' ').filter(|word| word.len() == 7).map(ToOwned::to_owned).collect()
    };
    let first = batch(&duo);
    assert_eq!(first.len(), 10);
    assert_eq!(next(&mut duo).as_deref(), Some("1"));
    assert!(duo.is_allowed("sms", &first[0]));
    assert!(!duo.is_allowed("sms", &first[0]), "once");
    assert_eq!(next(&mut duo).as_deref(), Some("2"));
    assert!(matches!(duo.send(&sms), Ok(AuthOutcome::PasscodesSent(_))));
    assert!(!duo.is_allowed("sms", &first[1]), "the next message ends the last one's");
    let second = batch(&duo);
    assert!(duo.is_allowed("sms", &second[0]));
}

/// RFC 4226 appendix D: the codes of "12345678901234567890".
#[test]
fn hardware_tokens_work_once_run_ahead_and_come_back() {
    let codes = ["755224", "287082", "359152", "969429"];
    let mut duo = Duo::new();
    assert!(duo.is_allowed("hardware-token", codes[1]), "one press was for nothing");
    assert!(!duo.is_allowed("hardware-token", codes[1]), "once");
    assert!(!duo.is_allowed("hardware-token", codes[0]), "nor one before");
    assert!(duo.is_allowed("hardware-token", codes[2]));
    let pressed = duo.simulator.press("hardware-token", NOW);
    assert_eq!(pressed.as_deref(), Some(codes[3]));

    // Two hundred presses in a pocket.
    let mut far: Vec<_> = (0..203)
        .map(|_| Passcode::parse(&duo.simulator.press("hardware-token", NOW).unwrap()).unwrap())
        .collect();
    let next = duo.simulator.press("hardware-token", NOW).unwrap();
    assert!(!duo.is_allowed("hardware-token", &next));
    let tokens = duo.manage(&List::<Token>::all()).unwrap().items;
    let last: [Passcode; 3] = far.split_off(200).try_into().unwrap();
    duo.manage(&ResyncToken::new(tokens[0].token_id.clone(), last)).unwrap();
    assert!(duo.is_allowed("hardware-token", &next));
}

#[test]
fn tokens_of_every_kind_are_made_attached_used_and_deleted() {
    let mut duo = Duo::new();
    let secret = || SecretText::new("3132333435363738393031323334353637383930");
    let user = duo.manage(&CreateUser::named("tina")).unwrap().user_id;
    // RFC 6238 appendix B at 59 seconds, and RFC 4226 appendix D at counter 0.
    duo.now = UnixSeconds(59);
    for (eight_digits, totp, hotp) in [(true, "94287082", "84755224"), (false, "287082", "755224")]
    {
        let kinds = [
            (NewToken::Totp { eight_digits, secret: secret(), step: 30 }, totp),
            (NewToken::Hotp { eight_digits, secret: secret(), counter: 0 }, hotp),
        ];
        for (kind, code) in kinds {
            let token = duo.manage(&CreateToken::new("77", kind.clone())).unwrap();
            assert_eq!(refusal(duo.manage(&CreateToken::new("77", kind))).0, Some(40002));
            duo.manage(&Attach::token(user.clone(), &token.token_id)).unwrap();
            assert!(duo.is_allowed("tina", code), "{code}");
            assert!(!duo.is_allowed("tina", code), "{code} again");
            duo.manage(&Delete::token_of(&user, &token.token_id)).unwrap();
            duo.manage(&Delete::token(&token.token_id)).unwrap();
        }
    }
    let yubikey = NewToken::Yubikey { private_id: secret(), aes_key: secret() };
    assert_eq!(refusal(duo.manage(&CreateToken::new("y", yubikey))).0, Some(40002));
}

#[test]
fn bypass_codes_are_counted_and_end() {
    let mut duo = Duo::new();
    assert!(duo.is_allowed("passcode", "123456789"));
    assert!(!duo.is_allowed("passcode", "123456789"));
    let user = duo.manage(&List::user_named("passcode")).unwrap().items[0].user_id.clone();
    let twice = duo.manage(&CreateBypassCodes::new(user.clone(), 1).reusable(2)).unwrap();
    for expected in [true, true, false] {
        assert_eq!(duo.is_allowed("passcode", twice[0].expose()), expected);
    }
    let brief = duo.manage(&CreateBypassCodes::new(user.clone(), 2).valid_for(60)).unwrap();
    assert_eq!(duo.manage(&List::<BypassCode>::of_user(&user)).unwrap().items.len(), 2);
    assert!(duo.is_allowed("passcode", brief[0].expose()));
    duo.now = UnixSeconds(duo.now.0 + 60);
    assert!(!duo.is_allowed("passcode", brief[1].expose()));
    let codes = duo.manage(&List::<BypassCode>::all()).unwrap().items;
    duo.manage(&Delete::bypass_code(&codes[0].bypass_code_id)).unwrap();
    assert_eq!(duo.manage(&List::<BypassCode>::all()).unwrap().items.len(), 1);
}

#[test]
fn a_person_enrols_by_scanning() {
    let mut duo = Duo::new();
    let enrolled = duo.send(&Enroll::new().named("newcomer").valid_for(100)).unwrap();
    assert_eq!(refusal(duo.send(&Enroll::new().named("newcomer"))).0, Some(40002));
    let status = EnrollStatus::of(&enrolled);
    assert_eq!(duo.send(&status).unwrap(), EnrollmentStatus::Waiting);
    let other = EnrollStatus::new(enrolled.user_id.clone(), SecretText::new("duo://other"));
    assert_eq!(duo.send(&other).unwrap(), EnrollmentStatus::Invalid);
    assert!(duo.simulator.scan(enrolled.user_id.as_str(), NOW));
    assert!(!duo.simulator.scan(enrolled.user_id.as_str(), NOW), "once");
    assert_eq!(duo.send(&status).unwrap(), EnrollmentStatus::Success);
    duo.simulator.script("newcomer", Decision::Approve, 0);
    assert!(matches!(duo.send(&push("newcomer")), Ok(AuthOutcome::Allowed(_))));
    let late = duo.send(&Enroll::new().valid_for(100)).unwrap();
    duo.now = UnixSeconds(duo.now.0 + 100);
    assert_eq!(duo.send(&EnrollStatus::of(&late)).unwrap(), EnrollmentStatus::Invalid);
}
