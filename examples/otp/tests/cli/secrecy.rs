//! Secrets come in by every way there is, and go out only when asked for.

use crate::{Folder, Otp, SECRET, hotp, otp, totp};

/// A way in which the arguments of a command, a URI and a file with it make a run.
type Way = fn(&[&str], &str, &str) -> Otp;

#[test]
fn a_uri_comes_from_an_argument_standard_input_a_file_or_the_environment() {
    let folder = Folder::new();
    let (uri, file) = (totp(), folder.write("uri", &format!("{}\r\n", totp())));
    let ways: [Way; 4] = [
        |args, uri, _| otp(&[&args[..1], &[uri], &args[1..]].concat()),
        |args, uri, _| otp(&[&args[..1], &["-"], &args[1..]].concat()).stdin(uri),
        |args, _, file| otp(&[args, &["--uri-file", file]].concat()),
        |args, uri, _| otp(args).env("OTP_URI", uri),
    ];
    for way in ways {
        assert_eq!(way(&["code", "--at", "59"], &uri, &file).stdout(), "94287082\n");
        assert_eq!(way(&["verify", "94287082", "--at", "59"], &uri, &file).run().code, 0);
        assert!(way(&["parse"], &uri, &file).stdout().contains("alice"));
    }
    let file = folder.write("hotp", &hotp());
    for way in ways {
        assert_eq!(way(&["resync", "254676", "287922"], &hotp(), &file).run().code, 0);
    }
}

#[test]
fn a_secret_comes_from_an_argument_standard_input_a_file_or_the_environment() {
    let folder = Folder::new();
    let spelt = "gezd-gnbv gy3t qojq gezd gnbv gy3t qojq\n";
    let file = folder.write("secret", spelt);
    let code = ["code", "--at", "59", "--digits", "8"];
    let runs = [
        otp(&[&code[..], &["--secret", SECRET]].concat()),
        otp(&[&code[..], &["--secret", "-"]].concat()).stdin(spelt),
        otp(&[&code[..], &["--secret-file", &file]].concat()),
        otp(&code).env("OTP_SECRET", spelt),
    ];
    for run in runs {
        assert_eq!(run.stdout(), "94287082\n");
    }
}

#[test]
fn what_is_given_twice_or_not_at_all_is_refused() {
    let folder = Folder::new();
    let file = folder.write("uri", &totp());
    let refusal = otp(&["code"]).env("OTP_URI", &totp()).env("OTP_SECRET", SECRET).refusal();
    assert!(refusal.contains("OTP_URI and OTP_SECRET"), "{refusal}");
    let refusal = otp(&["verify", &totp(), "94287082", "--uri-file", &file]).refusal();
    assert!(refusal.contains("given twice"), "{refusal}");
    for args in [&["code"][..], &["parse"], &["verify", "287082"]] {
        let refusal = otp(args).env("OTP_URI", "").refusal();
        for way in ["standard input", "--uri-file", "OTP_URI"] {
            assert!(refusal.contains(way), "{refusal}");
        }
    }
    // What is said on the command line counts more than what the environment says.
    let shown =
        otp(&["code", &totp(), "--at", "59"]).env("OTP_URI", &hotp()).env("OTP_SECRET", "x");
    assert_eq!(shown.stdout(), "94287082\n");
}

/// Every run here has a secret in it that no output may show.
#[test]
fn no_output_shows_a_secret_unless_asked() {
    let folder = Folder::new();
    let (totp, hotp) = (totp(), hotp());
    let weak = format!("otpauth://totp/a?secret={}&issuer=x+y&algorithm=sha1", &SECRET[..16]);
    let broken = format!("otpauth://totp/a?secret={SECRET}1");
    let file = folder.write("uris", &format!("{totp}\n{weak}\n"));
    let bad =
        folder.write("bad", &format!("[{{\"secret\":\"{SECRET}\",\"digits\":\"{SECRET}\"}}]"));
    let runs = [
        otp(&["code", &totp]),
        otp(&["code", &totp, "--json"]),
        otp(&["code", &weak]),
        otp(&["code", &broken]),
        otp(&["code", &totp, "--counter", "1"]),
        otp(&["code", "--secret", &SECRET.replace('2', "1")]),
        otp(&["code", "--secret", &SECRET[..15]]),
        otp(&["code", "--secret"]).env("OTP_SECRET", SECRET),
        otp(&["code", "--at", SECRET, &totp]),
        otp(&["code", "--digits", SECRET]),
        otp(&["code", "--period", SECRET]),
        otp(&["code", &totp, &totp]),
        otp(&["code", &format!("--{SECRET}")]),
        otp(&["code", &format!("--at={SECRET}")]),
        otp(&["code", "--uri-file", &file]),
        otp(&[SECRET]),
        otp(&[&totp]),
        otp(&["--secret", SECRET, "code"]),
        otp(&["verify", &totp, "94287082"]),
        otp(&["verify", &totp, SECRET]),
        otp(&["verify", &broken, "94287082"]),
        otp(&["verify", &totp]),
        otp(&["verify", &totp, "1", &totp]),
        otp(&["verify", "94287082"]).env("OTP_URI", &broken),
        otp(&["verify", &totp, "94287082", "--window", SECRET]),
        otp(&["parse", &totp]),
        otp(&["parse", &weak, "--json"]),
        otp(&["parse", &broken]),
        otp(&["parse", SECRET]),
        otp(&["import", &file]),
        otp(&["import", &file, "--json"]),
        otp(&["import", &bad]),
        otp(&["import", &totp, &weak, &broken]),
        otp(&["import", "-"]).stdin(&broken),
        otp(&["export", "--to", SECRET, &totp]),
        otp(&["export", "--to", "google", &broken]),
        otp(&["export", "--to", "aegis", &totp, "--out", &folder.name("out")]),
        otp(&["resync", &hotp, "254676", "287922"]),
        otp(&["resync", &hotp, SECRET, SECRET]),
        otp(&["new", "--issuer", "a", "--account", "b", "--digits", SECRET]),
        otp(&["help", SECRET]),
    ];
    let mut count = 0;
    for run in runs {
        let command = format!("{:?}", run.command);
        let done = run.run();
        let shown = format!("{}{}", done.stdout, done.stderr).to_uppercase();
        assert!(!shown.contains(&SECRET[..12]), "{command}: {shown}");
        count += 1;
    }
    assert_eq!(count, 41);
    assert!(otp(&["parse", &totp, "--show-secret"]).stdout().contains(SECRET));
}
