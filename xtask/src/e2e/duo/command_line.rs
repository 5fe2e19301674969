//! Our own client, from the command line: every factor, and everything that can go wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::simulator::Simulator;
use crate::e2e::program::{self, Program};
use crate::e2e::webdriver::{Browser, Driver};
use crate::e2e::{Outcome, check, say};

const PATIENCE: Duration = Duration::from_mins(1);

/// What a run ends with: `examples/duo/README.md`.
const LET_IN: i32 = 0;
const DENIED: i32 = 1;
const NOT_ASKED: i32 = 3;
const FAILED_OPEN: i32 = 4;
const UNDECIDED: i32 = 5;

/// The program, a simulator, and which application the program is.
struct Duo<'a> {
    binary: &'a Path,
    simulator: &'a Simulator,
    keys: &'a str,
}

pub(super) fn build() -> Outcome<PathBuf> {
    program::build("duo")
}

/// Lets a run of the program know the simulator.
pub(super) fn settings(command: &mut Command, simulator: &Simulator, keys: &str) -> Outcome<()> {
    let (key, secret) = keys.split_once(' ').ok_or("two keys were expected")?;
    for inherited in ["DUO_SKEY_FILE", "DUO_FAIL_MODE", "DUO_PASSCODE"] {
        command.env_remove(inherited);
    }
    command.env("DUO_HOST", &simulator.host).env("DUO_CA", &simulator.ca);
    command.env("DUO_IKEY", key).env("DUO_SKEY", secret);
    Ok(())
}

/// Each of the seven ways to show that it is you, but the security key, which needs a browser.
pub(in crate::e2e) fn shows_every_factor() -> Outcome<()> {
    say("duo: every factor from the command line");
    let (binary, simulator) = (build()?, Simulator::start("")?);
    let duo = Duo { binary: &binary, simulator: &simulator, keys: &simulator.auth };
    duo.expect(&["ping"], LET_IN)?;
    duo.expect(&["check"], LET_IN)?;
    for signature in ["v2-sha1", "v2", "v4", "v5"] {
        duo.expect(&["check", "--signature", signature], LET_IN)?;
    }
    for (user, code) in [("bypass", LET_IN), ("locked", DENIED), ("unenrolled", DENIED)] {
        duo.expect(&["preauth", user], code)?;
    }
    duo.expect(&["preauth", "sms"], UNDECIDED)?;

    duo.expect(&["push", "push-allow"], LET_IN)?;
    duo.expect(&["push", "push-deny"], DENIED)?;
    let verified = duo.start(&["push", "verified-push"])?;
    let asked = duo.asked("verified-push")?;
    let (txid, code) = (field(&asked, "txid")?, field(&asked, "code")?);
    let approve = [("txid", txid), ("decision", "approve"), ("code", code)];
    simulator.command("decide", &approve)?;
    expect_code(verified, LET_IN)?;

    let called = duo.start(&["phone", "phone"])?;
    let asked = duo.asked("phone")?;
    simulator.command("answer", &[("txid", field(&asked, "txid")?)])?;
    simulator.command("decide", &[("txid", field(&asked, "txid")?), ("decision", "approve")])?;
    expect_code(called, LET_IN)?;

    duo.expect(&["sms", "sms"], UNDECIDED)?;
    let texted = duo.texted("sms")?;
    duo.expect(&["passcode", "sms", &texted], LET_IN)?;
    duo.expect(&["passcode", "sms", &texted], DENIED)?;
    let pressed = simulator.command("press", &[("username", "push-allow")])?;
    duo.expect(&["passcode", "push-allow", field(&pressed, "passcode")?], LET_IN)?;
    // RFC 4226, appendix D.
    duo.expect(&["passcode", "hardware-token", "755224"], LET_IN)?;
    duo.expect(&["passcode", "hardware-token", "755224"], DENIED)?;
    duo.expect(&["passcode", "passcode", "123456789"], LET_IN)?;
    duo.expect(&["passcode", "passcode", "123456789"], DENIED)?;

    let started = duo.expect(&["push", "sms", "--no-wait"], UNDECIDED)?;
    let txid = field(&started, "txid")?;
    duo.expect(&["status", txid, "--once"], UNDECIDED)?;
    simulator.command("decide", &[("txid", txid), ("decision", "fraud")])?;
    let ended = duo.expect(&["status", txid], DENIED)?;
    check(field(&ended, "status")? == "fraud", &ended.to_string())?;

    say("duo: ten wrong passcodes");
    for _ in 0..10 {
        duo.expect(&["passcode", "phone", "000000"], DENIED)?;
    }
    duo.expect(&["preauth", "phone"], DENIED)?;
    simulator.command("unlock", &[("username", "phone")])?;
    duo.expect(&["preauth", "phone"], UNDECIDED)?;

    let prompt = Duo { keys: &simulator.prompt, ..duo };
    prompt.expect(&["universal", "check"], LET_IN)?;
    let admin = Duo { keys: &simulator.admin, ..duo };
    for list in ["users", "phones", "tokens", "security-keys", "bypass", "logs"] {
        admin.expect(&["admin", list], LET_IN)?;
    }
    simulator.terminate()
}

/// Every fault of the simulator, before a person is asked, while, and in the token after.
pub(in crate::e2e) fn survives_every_fault() -> Outcome<()> {
    program::require_browser()?;
    let (binary, simulator) = (build()?, Simulator::start("")?);
    let duo = Duo { binary: &binary, simulator: &simulator, keys: &simulator.auth };
    say("duo: every fault before a person is asked");
    let edit =
        |pointer: &str, value: Value| json!({ "kind": "edit", "pointer": pointer, "value": value });
    // An outage lets people in if the fail mode is open; whatever else is wrong does not.
    let outages = [
        json!({ "kind": "status", "status": 503 }),
        json!({ "kind": "rate_limited" }),
        json!({ "kind": "rate_limited", "retry_after": "3600" }),
        json!({ "kind": "rate_limited", "retry_after": "3600", "prefixed": true }),
        json!({ "kind": "hang" }),
    ];
    let others = [
        // Whoever was reached and broke off is not out of reach.
        json!({ "kind": "cut" }),
        json!({ "kind": "status", "status": 403 }),
        json!({ "kind": "oversize" }),
        json!({ "kind": "not_json" }),
        json!({ "kind": "redirect" }),
        edit("/response/result", "approved".into()),
        edit("/response/result", Value::Null),
        edit("/stat", "FAIL".into()),
    ];
    let answers = outages.iter().map(|fault| (fault, FAILED_OPEN));
    for (fault, when_open) in answers.chain(others.iter().map(|fault| (fault, NOT_ASKED))) {
        for (mode, code) in [("open", when_open), ("closed", NOT_ASKED)] {
            simulator.fault("/auth/v2/preauth", 1, fault)?;
            let options = ["--fail-mode", mode, "--attempts", "1", "--timeout", "3"];
            duo.expect(&[&["push", "push-allow"], &options[..]].concat(), code)
                .map_err(|error| format!("{fault}: {error}"))?;
            simulator.forget_faults()?;
        }
    }
    say("duo: every fault once a person is asked");
    for fault in outages.iter().chain(&others[..5]) {
        simulator.fault("/auth/v2/auth", 9, fault)?;
        let open = ["push", "push-allow", "--fail-mode", "open", "--timeout", "3"];
        duo.expect(&open, NOT_ASKED).map_err(|error| format!("{fault}: {error}"))?;
        simulator.forget_faults()?;
    }
    say("duo: what passes by itself");
    simulator.fault("/auth/v2/check", 2, &json!({ "kind": "rate_limited", "retry_after": "1" }))?;
    duo.expect(&["check"], LET_IN)?;
    for seconds in ["600", "-600"] {
        simulator.command("skew", &[("seconds", seconds)])?;
        duo.expect(&["check"], LET_IN)?;
    }
    simulator.command("skew", &[("seconds", "0")])?;
    simulator.fault("/auth/v2/preauth", 1, &edit("/response/devices/0/type", "watch".into()))?;
    duo.expect(&["preauth", "push-allow"], UNDECIDED)?;

    let driver = Driver::start()?;
    lies(&Duo { keys: &simulator.prompt, ..duo }, &driver.open_with_scripts()?)?;
    simulator.terminate()
}

/// Every lie that a token can tell.
fn lies(duo: &Duo<'_>, browser: &Browser<'_>) -> Outcome<()> {
    say("duo: every lie of a token");
    let claim =
        |name: &str, value: Value| json!({ "kind": "claim", "pointer": name, "value": value });
    let lies = [
        (json!({ "kind": "algorithm", "name": "none" }), NOT_ASKED),
        (json!({ "kind": "algorithm", "name": "HS256" }), NOT_ASKED),
        (json!({ "kind": "algorithm", "name": "RS256" }), NOT_ASKED),
        (json!({ "kind": "key" }), NOT_ASKED),
        (claim("/iss", "https://evil.example".into()), NOT_ASKED),
        (claim("/aud", "DIEVIL".into()), NOT_ASKED),
        (claim("/exp", 1_600_000_000.into()), NOT_ASKED),
        (claim("/exp", Value::Null), NOT_ASKED),
        (claim("/iat", 4_000_000_000_u32.into()), NOT_ASKED),
        (claim("/nonce", Value::Null), NOT_ASKED),
        (claim("/nonce", "m".repeat(36).into()), NOT_ASKED),
        (claim("/preferred_username", "alice".into()), NOT_ASKED),
        (claim("/auth_result", Value::Null), NOT_ASKED),
        (claim("/auth_result/result", "deny".into()), DENIED),
        (claim("/auth_result/result", "approved".into()), NOT_ASKED),
        (claim("/auth_context/result", "denied".into()), DENIED),
    ];
    for (lie, code) in &lies {
        duo.simulator.fault("/oauth/v1/token", 1, lie)?;
        let mut login = duo.start(&["universal", "login", "bypass", "--fail-mode", "open"])?;
        browser.go_to(&format!("https://{}", login.read_after("https://")?))?;
        expect_code(login, *code).map_err(|error| format!("{lie}: {error}"))?;
    }
    let mut login = duo.start(&["universal", "login", "bypass"])?;
    browser.go_to(&format!("https://{}", login.read_after("https://")?))?;
    expect_code(login, LET_IN)
}

impl Duo<'_> {
    /// Runs the program to its end, which must be this one; returns what it reports.
    fn expect(&self, arguments: &[&str], code: i32) -> Outcome<Value> {
        let mut command = Command::new(self.binary);
        settings(&mut command, self.simulator, self.keys)?;
        let output = command.args(arguments).arg("--json").stdin(Stdio::null()).output()?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let ended = output.status.code();
        let problem = format!("{arguments:?} ended with {ended:?}, not {code}: {told}{said}");
        check(ended == Some(code), &problem)?;
        Ok(serde_json::from_str(&told).unwrap_or_default())
    }

    /// Starts the program; what it says comes with what it reports.
    fn start(&self, arguments: &[&str]) -> Outcome<Program> {
        start(self.binary, self.simulator, self.keys, arguments)
    }

    /// The push or call that waits for a person, once there is one.
    fn asked(&self, user: &str) -> Outcome<Value> {
        let start = Instant::now();
        loop {
            let state = self.simulator.state()?;
            let asked = state.get("asked").and_then(Value::as_array).ok_or("no list")?;
            let is_it = |one: &&Value| {
                one.get("username").is_some_and(|name| name == user)
                    && one.get("is_over").is_some_and(|over| over == false)
            };
            match asked.iter().find(is_it) {
                Some(one) => return Ok(one.clone()),
                None if start.elapsed() > PATIENCE => {
                    return Err(format!("{user} is not asked").into());
                }
                None => sleep(Duration::from_millis(50)),
            }
        }
    }

    /// The first passcode of the last text message.
    fn texted(&self, user: &str) -> Outcome<String> {
        let state = self.simulator.state()?;
        let messages = state.get("messages").and_then(Value::as_array).ok_or("no list")?;
        let theirs = |one: &&Value| one.get("username").is_some_and(|name| name == user);
        let last = messages.iter().rfind(theirs).ok_or("no message")?;
        let code = field(last, "body")?.split(' ').find(|word| word.parse::<u32>().is_ok());
        Ok(code.ok_or("no passcode")?.to_owned())
    }
}

/// Starts the program; what it says comes with what it reports.
pub(super) fn start(
    binary: &Path,
    simulator: &Simulator,
    keys: &str,
    arguments: &[&str],
) -> Outcome<Program> {
    let mut command = Command::new("sh");
    command.args(["-c", r#"exec "$0" "$@" 2>&1"#]).arg(binary).args(arguments).arg("--json");
    settings(&mut command, simulator, keys)?;
    Program::start(&mut command)
}

fn expect_code(mut run: Program, code: i32) -> Outcome<()> {
    let said = run.read_rest()?;
    let ended = run.wait()?.code();
    check(ended == Some(code), &format!("ended with {ended:?}, not {code}: {said}"))
}

fn field<'a>(value: &'a Value, name: &str) -> Outcome<&'a str> {
    let text = value.get(name).and_then(Value::as_str);
    text.ok_or_else(|| format!("no {name} in {value}").into())
}
