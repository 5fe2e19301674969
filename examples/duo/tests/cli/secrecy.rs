//! Secrets come in by every way there is, and stand in no output.

use crate::{Duo, duo};

#[test]
fn the_secret_key_comes_from_a_file_standard_input_the_environment_or_an_option() {
    let duo = Duo::start();
    let secret = duo.config.auth.secret.clone();
    let file = duo.folder.path().join("skey");
    std::fs::write(&file, format!("{secret}\n")).unwrap();
    let file = file.to_str().unwrap();
    let check = |args: &[&str]| duo.auth(&[&["check"], args].concat()).without("DUO_SKEY");
    for run in [
        check(&["--skey-file", file]),
        check(&["--skey", "-"]).stdin(&format!("{secret}\r\n")),
        check(&["--skey", &secret]),
        check(&[]).env("DUO_SKEY_FILE", file),
        check(&[]).env("DUO_SKEY", &secret),
        // The command line counts more than the environment.
        check(&["--skey-file", file]).env("DUO_SKEY", "another"),
    ] {
        let command = format!("{:?}", run.command);
        let done = run.run();
        assert_eq!(done.code, 0, "{command}: {}", done.stderr);
    }
    let both = check(&[]).env("DUO_SKEY", &secret).env("DUO_SKEY_FILE", file).refusal();
    assert!(both.contains("given twice"), "{both}");
    let none = check(&[]).refusal();
    assert!(none.contains("--skey-file") && none.contains("DUO_SKEY_FILE"), "{none}");
}

#[test]
fn what_is_missing_is_named() {
    for (args, words) in [
        (&["ping"][..], "DUO_HOST"),
        (&["ping", "--host", "localhost"], "DUO_IKEY"),
        (&["ping", "--host", "localhost", "--ikey", "DI"], "DUO_SKEY"),
        (&["ping", "--host", "https://localhost/"], "--host or DUO_HOST"),
        (&["ping", "--host", "localhost", "--ikey", "DI", "--ca", "/dev/null"], "no certificate"),
    ] {
        let refusal = duo(args).refusal();
        assert!(refusal.contains(words), "{args:?}: {refusal}");
    }
    let refusal = duo(&["ping"]).env("DUO_FAIL_MODE", "sometimes").refusal();
    assert!(refusal.contains("DUO_HOST") || refusal.contains("DUO_FAIL_MODE"), "{refusal}");
}

/// Every run here has a secret in it that no output may show.
#[test]
fn no_output_shows_a_secret() {
    const SECRET: &str = "PLANTED0secret0of0the0application0000001";
    let simulated = Duo::start();
    let run = |args: &[&str]| simulated.auth(args).env("DUO_SKEY", SECRET);
    let mut count = 0;
    for run in [
        run(&["check"]),
        run(&["check", "--json"]),
        run(&["push", "push-allow", "--json"]),
        run(&["check", "--skey", SECRET, "--skey-file", SECRET]),
        run(&["check", "--skey", &format!("{SECRET} ")]),
        run(&["check", "--skey", &SECRET.repeat(2)]),
        run(&["check", "--ikey", &format!("{SECRET}!")]),
        run(&["check", "--host", &format!("{SECRET}/")]),
        run(&["check", SECRET]),
        run(&[SECRET]),
        run(&["check", &format!("--{SECRET}")]),
        run(&["check", &format!("--attempts={SECRET}")]),
        run(&["check", "--fail-mode", SECRET]),
        run(&["check", "--signature", SECRET]),
        run(&["check"]).env("DUO_FAIL_MODE", SECRET),
        run(&["push", "push-allow", "--info", SECRET]),
        run(&["push", "push-allow", "--address", SECRET]),
        run(&["admin", SECRET]),
        run(&["admin", "logs", "--since", SECRET]),
        run(&["universal", "login", "alice", "--listen", SECRET]),
        run(&["universal", "login", "alice", "--redirect-uri", SECRET]),
        simulated.auth(&["passcode", "passcode", SECRET]),
        simulated.auth(&["passcode", "passcode", SECRET, "--json"]),
        simulated.auth(&["passcode", "passcode", &format!("{SECRET}\u{e9}")]),
        simulated.auth(&["passcode", "passcode", "-"]).stdin(&SECRET.repeat(3)),
        simulated.auth(&["passcode", "passcode"]).env("DUO_PASSCODE", SECRET),
        simulated.auth(&["passcode", "passcode", SECRET, SECRET]),
    ] {
        let command = format!("{:?}", run.command);
        let done = run.run();
        assert_ne!(done.code, 0, "{command}");
        let shown = format!("{}{}", done.stdout, done.stderr);
        assert!(!shown.contains(SECRET.get(..12).unwrap()), "{command}: {shown}");
        count += 1;
    }
    assert_eq!(count, 27);
}
