//! What goes wrong, and who gets in by it: nobody, but by an outage and on request.

use serde_json::{Value, json};
use upheld_duo_sim::{DevCa, Fault, FaultAt};

use crate::Duo;

fn edit(pointer: &str, value: Value) -> Fault {
    Fault::Edit { pointer: pointer.into(), value }
}

/// Faults before the person is asked, and what an open fail mode makes of them.
fn faults() -> Vec<(Fault, Option<&'static str>)> {
    let limited = |after: Option<&str>, prefixed| Fault::RateLimited {
        retry_after: after.map(Into::into),
        prefixed,
    };
    vec![
        (Fault::Status { status: 500 }, Some("unavailable")),
        (Fault::Status { status: 503 }, Some("unavailable")),
        (Fault::Cut, None),
        (Fault::Hang, Some("timeout")),
        (limited(None, false), Some("rate_limited")),
        (limited(Some("3600"), true), Some("rate_limited")),
        (Fault::Status { status: 400 }, None),
        (Fault::Status { status: 401 }, None),
        (Fault::Status { status: 404 }, None),
        (Fault::NotJson, None),
        (Fault::Oversize, None),
        (Fault::Redirect, None),
        (edit("/response/result", json!("approved")), None),
        (edit("/response/result", json!(null)), None),
        (edit("/stat", json!("FINE")), None),
        (edit("/response", json!(null)), None),
    ]
}

#[test]
fn t51_only_an_outage_fails_open_and_only_when_asked_to() {
    let duo = Duo::start();
    for (fault, cause) in faults() {
        for mode in ["open", "closed"] {
            duo.fault("/auth/v2/preauth", 9, fault.clone());
            let run = duo.auth(&["push", "push-allow", "--attempts", "1", "--fail-mode", mode]);
            let run = run.with(&["--timeout", "3"]);
            match cause.filter(|_| mode == "open") {
                Some(cause) => {
                    let told = run.json(4);
                    assert_eq!(told["outcome"], "failed_open", "{fault:?}: {told}");
                    assert_eq!(told["cause"], cause, "{fault:?}: {told}");
                    assert_eq!(told["second_factor"], false);
                }
                None => assert_eq!(run.json(3)["outcome"], "failed", "{fault:?} {mode}"),
            }
        }
    }
    assert_eq!(duo.asked_so_often(), 0);
}

/// The time of the command line ends the retries, and makes no outage of what went wrong in them.
#[test]
fn t51_what_runs_out_of_time_while_it_is_tried_again_is_no_outage() {
    let duo = Duo::start();
    duo.fault("/auth/v2/preauth", 9, Fault::Cut);
    let mode = ["--fail-mode", "open", "--timeout", "3"];
    let told = duo.auth(&["push", "push-allow"]).with(&mode).json(3);
    assert_eq!(told["failure"], "broken", "{told}");
    // Broken first, and cut off by the deadline then.
    duo.fault("/auth/v2/preauth", 1, Fault::Cut);
    duo.with_simulator(|simulator| {
        let path = "/auth/v2/preauth".to_owned();
        simulator.fault(FaultAt { path, times: 9, fault: Fault::Hang });
    });
    let told = duo.auth(&["push", "push-allow"]).with(&mode).json(3);
    assert_eq!(told["failure"], "broken", "{told}");
    assert_eq!(duo.asked_so_often(), 0);
}

#[test]
fn t51_nothing_fails_open_once_the_person_is_asked() {
    let duo = Duo::start();
    let mode = ["--attempts", "1", "--timeout", "3", "--fail-mode", "open"];
    for (fault, _) in faults().into_iter().filter(|(_, cause)| cause.is_some()) {
        duo.fault("/auth/v2/auth", 9, fault.clone());
        for args in [&["push", "push-allow"][..], &["passcode", "passcode", "123456789"]] {
            assert_eq!(duo.auth(args).with(&mode).run().code, 3, "{fault:?}");
        }
    }
}

/// The person is asked, and approves; what is told of it goes wrong on every poll.
#[test]
fn t51_nothing_told_of_an_authentication_lets_in_but_an_answer() {
    let duo = Duo::start();
    let mode = ["--attempts", "1", "--timeout", "3", "--fail-mode", "open"];
    for (fault, _) in faults() {
        duo.fault("/auth/v2/auth_status", 9, fault.clone());
        for args in [&["push", "push-allow"][..], &["phone", "phone"]] {
            let told = duo.auth(args).with(&mode).json(3);
            assert_eq!(told["outcome"], "failed", "{args:?} {fault:?}: {told}");
        }
        duo.with_simulator(upheld_duo_sim::Simulator::clear_faults);
    }
    // What passes by itself is waited out; the person is not asked once more.
    for fault in [
        Fault::Status { status: 503 },
        Fault::Cut,
        Fault::RateLimited { retry_after: Some("1".into()), prefixed: false },
    ] {
        let asked = duo.asked_so_often();
        duo.fault("/auth/v2/auth_status", 1, fault.clone());
        assert_eq!(duo.auth(&["push", "push-allow"]).run().code, 0, "{fault:?}");
        assert_eq!(duo.asked_so_often().checked_sub(asked), Some(1), "{fault:?}");
    }
    // A question about one that nobody started, or that is over, is no answer either.
    let told = duo.auth(&["status", "f22b1678-252a-4070-b176-0ca2be7319fd"]).with(&mode).json(3);
    assert_eq!(told["outcome"], "failed");
}

#[test]
fn t51_who_is_not_duo_lets_nobody_in() {
    let mut duo = Duo::start();
    let ca = duo.folder.path().join("other.pem");
    std::fs::write(&ca, DevCa::generate().unwrap().authority_pem()).unwrap();
    let ca = ca.to_str().unwrap();
    let open = ["--fail-mode", "open", "--attempts", "1"];
    for trust in [&["--ca", ca][..], &["--duo-roots"]] {
        let run = duo.auth(&["preauth", "push-allow"]).without("DUO_CA").with(trust).with(&open);
        let told = run.json(3);
        assert!(told["message"].as_str().unwrap().contains("TLS"), "{told}");
    }
    let other = duo.auth(&["preauth", "push-allow"]).env("DUO_SKEY", "of another application");
    assert!(other.with(&open).refusal().contains("visible ASCII"), "a slip when copying");
    let other = duo.auth(&["preauth", "push-allow"]).env("DUO_SKEY", "AnotherApplicationsKey");
    let told = other.with(&open).json(3);
    assert!(told["message"].as_str().unwrap().contains("check the secret key"), "{told}");
    let other = duo.auth(&["check"]).env("DUO_IKEY", &duo.config.admin.key);
    assert_eq!(other.env("DUO_SKEY", &duo.config.admin.secret).run().code, 3, "the wrong type");
    duo.stop();
    let told = duo.auth(&["preauth", "push-allow"]).with(&open).json(4);
    assert_eq!(told["cause"], "unreachable");
    let told = duo.auth(&["preauth", "push-allow", "--attempts", "1"]).json(3);
    assert_eq!(told["failure"], "unreachable", "closed unless asked");
    let run = duo.auth(&["preauth", "push-allow", "--attempts", "1"]).env("DUO_FAIL_MODE", "open");
    assert_eq!(run.run().code, 4);
}

#[test]
fn t21_a_push_is_sent_once_however_it_fails() {
    let duo = Duo::start();
    duo.fault("/auth/v2/auth", 1, Fault::Cut);
    assert_eq!(duo.auth(&["push", "push-deny"]).run().code, 3);
    assert_eq!(duo.asked_so_often(), 1, "the person was asked, and is not asked again");
    assert_eq!(duo.auth(&["push", "push-deny"]).run().code, 1);
    assert_eq!(duo.asked_so_often(), 2, "no second push after a denial");
}

#[test]
fn a_proxy_is_used_only_when_asked_for() {
    let duo = Duo::start();
    // Nothing listens where this listened.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let check = |args: &[&str]| {
        let run = duo.auth(&["check", "--attempts", "1"]).with(args);
        run.env("HTTPS_PROXY", &format!("http://{closed}")).without("NO_PROXY").without("no_proxy")
    };
    assert_eq!(check(&[]).run().code, 0);
    assert_eq!(check(&["--env-proxy"]).json(3)["failure"], "unreachable");
}

#[test]
fn what_passes_by_itself_is_waited_out() {
    let duo = Duo::start();
    let after = Some("1".to_owned());
    duo.fault("/auth/", 1, Fault::RateLimited { retry_after: after, prefixed: true });
    assert_eq!(duo.auth(&["check"]).run().code, 0);
    duo.fault("/auth/", 1, Fault::Status { status: 502 });
    assert_eq!(duo.auth(&["push", "push-allow"]).run().code, 0);
    for skew in [-3_600, 3_600] {
        duo.with_simulator(|simulator| simulator.set_skew(skew));
        assert_eq!(duo.auth(&["push", "push-allow"]).run().code, 0, "a clock {skew} s off");
    }
    assert_eq!(duo.prompt(&["check"]).run().code, 0, "the prompt's clock too");
    let offset = duo.auth(&["ping"]).json(0)["offset"].as_i64().unwrap();
    assert!((3_500..=3_700).contains(&offset), "{offset}");
}
