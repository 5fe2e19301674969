//! Every law holds for everything in `corpus/`: what fuzzing found worth keeping, and inputs made
//! by hand from RFC 4226 appendix D, RFC 4648 §10, RFC 6238 appendix B, the Key URI format and the
//! http-state suite of RFC 6265, and from strings of the IAB's own libraries; recordings and Flash
//! cookies as the tests of `upheld-cookies` have them; section 16 of `WebAuthn` Level 3.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A law, and the number of inputs that its corpus has at least.
struct Target {
    name: &'static str,
    law: fn(&[u8]),
    inputs: usize,
}

const TARGETS: &[Target] = &[
    Target { name: "accept_once", law: upheld_fuzz::accept_once, inputs: 25 },
    Target { name: "canonical_json", law: upheld_fuzz::canonical_json, inputs: 20 },
    Target { name: "code_parse", law: upheld_fuzz::code_parse, inputs: 35 },
    Target { name: "consent_cookie", law: upheld_fuzz::consent_cookie, inputs: 12 },
    Target { name: "consent_stream", law: upheld_fuzz::consent_stream, inputs: 30 },
    Target { name: "cookie_date", law: upheld_fuzz::cookie_date, inputs: 70 },
    Target { name: "deadline_facts", law: upheld_fuzz::deadline_facts, inputs: 40 },
    Target { name: "dossier", law: upheld_fuzz::dossier, inputs: 14 },
    Target { name: "drp", law: upheld_fuzz::drp, inputs: 6 },
    Target { name: "device_storage", law: upheld_fuzz::device_storage, inputs: 12 },
    Target { name: "duo_date", law: upheld_fuzz::duo_date, inputs: 30 },
    Target { name: "duo_reply", law: upheld_fuzz::duo_reply, inputs: 30 },
    Target { name: "duo_sign", law: upheld_fuzz::duo_sign, inputs: 20 },
    Target { name: "duo_token", law: upheld_fuzz::duo_token, inputs: 25 },
    Target { name: "gov_uk", law: upheld_fuzz::gov_uk, inputs: 6 },
    Target { name: "gpp", law: upheld_fuzz::gpp, inputs: 50 },
    Target { name: "har", law: upheld_fuzz::har, inputs: 20 },
    Target { name: "hotp_search", law: upheld_fuzz::hotp_search, inputs: 35 },
    Target { name: "import_files", law: upheld_fuzz::import_files, inputs: 20 },
    Target { name: "ledger_file", law: upheld_fuzz::ledger_file, inputs: 12 },
    Target { name: "ledger_text", law: upheld_fuzz::ledger_text, inputs: 12 },
    Target { name: "migration", law: upheld_fuzz::migration, inputs: 20 },
    Target { name: "policy_toml", law: upheld_fuzz::policy_toml, inputs: 12 },
    Target { name: "opendsr", law: upheld_fuzz::opendsr, inputs: 8 },
    Target { name: "recovery_parse", law: upheld_fuzz::recovery_parse, inputs: 25 },
    Target { name: "request_commands", law: upheld_fuzz::request_commands, inputs: 5 },
    Target { name: "secret_parse", law: upheld_fuzz::secret_parse, inputs: 65 },
    Target { name: "set_cookie", law: upheld_fuzz::set_cookie, inputs: 200 },
    Target { name: "sol", law: upheld_fuzz::sol, inputs: 12 },
    Target { name: "tcf", law: upheld_fuzz::tcf, inputs: 27 },
    Target { name: "totp_match", law: upheld_fuzz::totp_match, inputs: 65 },
    Target { name: "uri", law: upheld_fuzz::uri, inputs: 100 },
    Target { name: "webauthn", law: upheld_fuzz::webauthn, inputs: 58 },
];

#[test]
fn every_law_holds_for_its_corpus() {
    for &Target { name, law, inputs } in TARGETS {
        let files = entries(&folder("corpus").join(name));
        assert!(files.len() >= inputs, "{name}: {} inputs; at least {inputs}", files.len());
        for file in files {
            let data = fs::read(&file).unwrap();
            // The name of the input comes before the law's own message.
            let outcome = std::panic::catch_unwind(|| law(&data));
            assert!(outcome.is_ok(), "{} breaks the law of {name}", file.display());
        }
    }
}

#[test]
fn every_target_is_replayed() {
    let stems = |path: &Path| -> BTreeSet<String> {
        let stem = |file: &PathBuf| file.file_stem().unwrap().to_str().unwrap().to_owned();
        entries(path).iter().map(stem).collect()
    };
    let replayed: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(stems(&folder("fuzz_targets")), replayed);
    assert_eq!(stems(&folder("corpus")), replayed);
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn entries(path: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
