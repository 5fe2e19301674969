//! The Admin API, the log, faults and settings.

use serde_json::json;
use upheld_duo::admin::{
    Attach, AuthLog, CreatePhone, CreateUser, Delete, List, ModifyUser, Pages, Phone, UnixMillis,
    UserStatus,
};
use upheld_duo::auth::{Check, Enroll, Preauth, PreauthOutcome, User};
use upheld_duo::{Call, EventResult, FactorUsed, Reason, ReplyError, UnixSeconds};
use upheld_duo_sim::{Config, Fault, FaultAt, Simulator};

use crate::{Duo, HOST, NOW, push, refusal};

#[test]
fn users_are_paged_and_managed() {
    let mut duo = Duo::with(Config { users: Vec::new(), ..Config::default() });
    for index in 0..250 {
        duo.manage(&CreateUser::named(&format!("user-{index}"))).unwrap();
    }
    let mut pages = Pages::of(List::users());
    let (mut names, mut calls) = (Vec::new(), 0);
    while let Some(call) = pages.next_call() {
        let page = duo.manage(&call.clone()).unwrap();
        assert_eq!(page.total, Some(250));
        names.extend(pages.accept(page).unwrap().into_iter().map(|user| user.username));
        calls += 1;
    }
    assert_eq!((calls, names.len()), (3, 250));
    assert_eq!(names[249], "user-249");
    let id = duo.manage(&List::user_named("user-7")).unwrap().items[0].user_id.clone();
    let phone = duo.manage(&CreatePhone::mobile("+15555550100")).unwrap().phone_id;
    duo.manage(&Attach::phone(id.clone(), &phone)).unwrap();
    assert_eq!(duo.manage(&List::<Phone>::of_user(&id)).unwrap().items.len(), 1);
    let user = duo.manage(&ModifyUser::status(id.clone(), &UserStatus::Disabled)).unwrap();
    assert_eq!((user.status, user.is_enrolled), (UserStatus::Disabled, Some(true)));
    assert!(matches!(
        duo.send(&Preauth::new(User::named("user-7"))),
        Ok(PreauthOutcome::Denied(_))
    ));
    duo.manage(&Delete::phone(&phone)).unwrap();
    duo.manage(&Delete::user(&id)).unwrap();
    assert_eq!(refusal(duo.manage(&Delete::user(&id))).0, Some(40401));
    assert!(duo.manage(&List::user_named("user-7")).unwrap().items.is_empty());
}

#[test]
fn the_log_tells_what_happened_page_by_page() {
    let mut duo = Duo::new();
    for _ in 0..5 {
        assert!(duo.send(&push("push-allow")).is_ok());
        assert!(duo.send(&push("push-deny")).is_ok());
        duo.now = UnixSeconds(duo.now.0 + 60);
    }
    let (from, to) = (UnixMillis::from(NOW), UnixMillis::from(UnixSeconds(duo.now.0 + 1)));
    let log = AuthLog::between(from, to).unwrap().with_limit(3);
    let mut pages = Pages::of(log.clone());
    let mut entries = Vec::new();
    while let Some(call) = pages.next_call() {
        let page = duo.manage(&call.clone()).unwrap();
        entries.extend(pages.accept(page).unwrap());
    }
    assert_eq!(entries.len(), 10);
    assert!(entries.is_sorted_by_key(|entry| entry.timestamp));
    assert_eq!(entries[0].factor, Some(FactorUsed::DuoPush));
    assert_eq!(entries[0].reason, Some(Reason::UserApproved));
    let denied = log.with_limit(100).with_result(&EventResult::Denied);
    assert_eq!(duo.manage(&denied).unwrap().items.len(), 5);
}

#[test]
fn faults_strike_as_often_as_they_are_asked_to() {
    let mut duo = Duo::new();
    let mut fault = |path: &str, times, fault| {
        duo.simulator.fault(FaultAt { path: path.into(), times, fault });
    };
    fault(
        "/auth/v2/preauth",
        2,
        Fault::Edit { pointer: "/response/result".into(), value: json!("approved") },
    );
    fault(
        "/auth/v2/check",
        1,
        Fault::RateLimited { retry_after: Some("7".into()), prefixed: false },
    );
    for _ in 0..2 {
        let outcome = duo.send(&Preauth::new(User::named("push-allow")));
        assert_eq!(outcome, Err(ReplyError::UnknownResult));
    }
    assert!(duo.send(&Preauth::new(User::named("push-allow"))).is_ok());
    let request = Check.request(&duo.auth, NOW).unwrap();
    let limited = duo.exchange(&request);
    assert_eq!(
        (limited.status().as_u16(), &limited.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(duo.exchange(&request).status(), 200);
}

#[test]
fn the_same_seed_makes_the_same() {
    let enrol = || Duo::new().send(&Enroll::new()).unwrap().user_id;
    assert_eq!(enrol(), enrol());
}

#[test]
fn a_configuration_that_contradicts_itself_is_refused() {
    let twice = "[[users]]\nname = \"a\"\n[[users]]\nname = \"a\"\n";
    for text in [
        twice,
        "[[users]]\nname = \"a\"\nstatus = \"odd\"\n",
        "[[users]]\nname = \"a\"\n[[users.tokens]]\nkind = \"z9\"\n",
        "[[users]]\nname = \"a\"\n[[users.tokens]]\nkind = \"h6\"\nsecret = \"xy\"\n",
        "[[users]]\n",
    ] {
        let config = Config::from_toml(text).unwrap();
        assert!(Simulator::new(config, HOST, 0).is_err(), "{text}");
    }
    for text in ["users = 3", "unknown = 1", "["] {
        assert!(Config::from_toml(text).is_err(), "{text}");
    }
}
