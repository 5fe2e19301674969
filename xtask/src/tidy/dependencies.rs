//! What the libraries take from elsewhere.

use anyhow::Result;
use cargo_metadata::semver::Version;

use crate::Tree;
use crate::tree::{Built, Member};

/// What each library may depend on directly, optional dependencies included.
#[rustfmt::skip]
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "upheld-totp",
        // FIPS 180-4, constant time and wiping, randomness, errors and data.
        &["rand", "rand_core", "serde", "sha1", "sha2", "subtle", "thiserror", "zeroize"],
    ),
    (
        "upheld-migrate-otp",
        &[
            // PSKC, RFC 6030: XML, and its encryption.
            "aes", "base64", "cbc", "hmac", "quick-xml", "sha1",
            // QR codes, ISO/IEC 18004, and pictures of them.
            "png", "qrcodegen-no-heap",
            // What authenticator apps export: JSON.
            "serde", "serde_json",
            "rand_core", "subtle", "thiserror", "zeroize",
        ],
    ),
    (
        "upheld-second-factor",
        // RFC 2104 and FIPS 180-4: recovery codes and codes in messages under a key.
        &["hmac", "rand_core", "sha2", "subtle", "thiserror", "zeroize"],
    ),
    (
        "upheld-consent",
        &[
            // Bank holidays as gov.uk publishes them, notices and records: JSON.
            "serde", "serde_json", "thiserror",
            // FIPS 180-4 and RFC 4648: the hash of a notice, and of each file of a bundle.
            "data-encoding", "sha2",
            // APPNOTE.TXT: the checksum of each file in a ZIP archive.
            "crc32fast",
        ],
    ),
    (
        "upheld-ledger",
        &[
            // RFC 6962 and RFC 8785; RFC 2104 for what may be erased.
            "data-encoding", "hmac", "sha2", "serde", "serde_json",
            "rand_core", "subtle", "thiserror", "zeroize",
        ],
    ),
    (
        "upheld-store",
        &[
            // SQLite; PostgreSQL, and the runtime that its client needs.
            "bytes", "deadpool-postgres", "rusqlite", "tokio", "tokio-postgres",
            // XChaCha20-Poly1305, and the checksums of keys and migrations.
            "chacha20poly1305", "data-encoding", "rand", "rand_core", "sha2",
            // RFC 5869: keys derived for other purposes.
            "hmac",
            // Notices and events of requests, as they are stored.
            "serde_json",
            "thiserror", "zeroize",
        ],
    ),
    (
        "upheld-duo",
        &[
            // Signatures: RFC 2104, FIPS 180-4, RFC 4648, RFC 3986.
            "base64", "data-encoding", "hmac", "percent-encoding", "sha1", "sha2", "subtle",
            // Messages and their dates: RFC 9110, RFC 2822; no client.
            "http", "httpdate", "jiff",
            "rand_core", "serde", "serde_json", "thiserror", "zeroize",
        ],
    ),
    (
        "upheld-duo-reqwest",
        &[
            // HTTP over TLS, and whose certificates are believed.
            "http", "reqwest", "rustls", "rustls-platform-verifier",
            // Deadlines, and jitter between attempts.
            "rand", "thiserror", "tokio",
        ],
    ),
    (
        "upheld-duo-sim",
        &[
            // A server: HTTP, TLS, certificates, pages.
            "askama", "http", "http-body-util", "hyper", "hyper-util", "rcgen", "rustls", "tokio",
            "tokio-rustls",
            // Security keys: CBOR, and the signatures that TLS has anyway.
            "ciborium", "ring",
            // A program: arguments, settings, errors; identifiers from a seed.
            "clap", "data-encoding", "serde", "serde_json", "sha2", "thiserror", "toml",
        ],
    ),
    (
        "upheld-cookies",
        &[
            // Declarations: TOML and JSON, and what of them is material (FIPS 180-4).
            "serde", "serde_json", "sha2", "toml",
            // The consent cookie: RFC 2104, RFC 4648.
            "data-encoding", "hmac",
            // Lists of cookies given by the user: RFC 4180.
            "csv",
            // Recordings of traffic: passing over bodies.
            "memchr",
            // The Public Suffix List, behind a feature, and errors.
            "psl", "thiserror",
        ],
    ),
    (
        "upheld-cookies-tower",
        // HTTP messages, and the traits of services that pass them on.
        // Every field of every response is searched for the attributes that matter.
        &["http", "memchr", "pin-project-lite", "thiserror", "tower-layer", "tower-service"],
    ),
];

/// Packages compiled for upheld-totp: as it comes, and with every feature. A reviewer reads them.
/// The most on any system: some ask libc what the processor can do.
const TOTP_PACKAGES: [(&str, &[&str], usize); 2] =
    [("upheld-totp", &[], 19), ("upheld-totp with all features", &["--all-features"], 24)];

/// The procedural macros compiled for upheld-totp; each is code run at build time.
const TOTP_MACROS: [&str; 2] = ["serde_derive", "thiserror-impl"];

/// Thirty-three packages for a parser that no core needs.
const FOREIGN: &str = "url";

/// The adapters whose HTTP client brings [`FOREIGN`] along.
const HTTP_CLIENTS: [&str; 1] = ["upheld-duo-reqwest"];

/// The crates that may need a newer compiler than the rest, because their databases do.
const NEWER_COMPILER: [&str; 1] = ["upheld-store"];

/// Finds direct dependencies that are not on the list, and what must not be compiled in at all.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let members = tree.members();
    let ours: Vec<&str> = members.iter().map(|member| &*member.name).collect();
    let mut findings = Vec::new();
    for member in members.iter().filter(|member| member.is_library()) {
        findings.extend(check_direct(member, &ours));
        let built = tree.built_by(&member.name, &["--all-features"])?;
        findings.extend(check_foreign(&member.name, &built));
    }
    for (name, features, limit) in TOTP_PACKAGES {
        findings.extend(check_totp(name, &tree.built_by("upheld-totp", features)?, limit));
    }
    Ok(findings)
}

/// Finds dependencies of the libraries that need a newer compiler than the library promises.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check_rust_versions(tree: &Tree) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for member in tree.members().iter().filter(|member| member.is_library()) {
        let Some(promised) = tree.rust_version(&member.name) else {
            findings.push(format!("{}: rust-version.workspace = true is missing", member.name));
            continue;
        };
        if !NEWER_COMPILER.contains(&&*member.name) {
            let built = tree.built_by(&member.name, &["--all-features"])?;
            findings.extend(check_rust_version(&member.name, &promised, &built));
        }
    }
    Ok(findings)
}

fn check_direct(member: &Member, ours: &[&str]) -> Vec<String> {
    let name = &member.name;
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| known == name) else {
        let table = "ALLOWED of xtask/src/tidy/dependencies.rs";
        return vec![format!("{name} is not in {table}; list there what it may depend on")];
    };
    member
        .normal_dependencies()
        .filter(|dependency| !ours.contains(dependency) && !allowed.contains(dependency))
        .map(|dependency| format!("{name} depends on {dependency}; it may depend on {allowed:?}"))
        .collect()
}

fn check_foreign(name: &str, built: &[Built]) -> Vec<String> {
    let brings = built.iter().any(|package| package.name == FOREIGN);
    if !brings || HTTP_CLIENTS.contains(&name) {
        return Vec::new();
    }
    vec![format!("{name} compiles {FOREIGN} in; see `cargo tree -i {FOREIGN} -p {name}`")]
}

fn check_totp(name: &str, built: &[Built], limit: usize) -> Vec<String> {
    let mut findings: Vec<String> = built
        .iter()
        .filter(|package| package.proc_macro && !TOTP_MACROS.contains(&&*package.name))
        .map(|package| format!("{name} runs the procedural macro {} at build time", package.name))
        .collect();
    if built.len() > limit {
        findings.push(format!("{name} compiles {} packages; the limit is {limit}", built.len()));
    }
    findings
}

fn check_rust_version(name: &str, promised: &Version, built: &[Built]) -> Vec<String> {
    built
        .iter()
        .filter_map(|package| Some((package, package.rust_version.as_ref()?)))
        .filter(|(_, needed)| *needed > promised)
        .map(|(package, needed)| {
            format!(
                "{name} promises Rust {promised}; its dependency {} needs {needed}",
                package.name
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use cargo_metadata::semver::Version;

    use super::{check_direct, check_foreign, check_rust_version, check_totp};
    use crate::tree::{Built, Dependency, Member};

    fn built(name: &str, proc_macro: bool) -> Built {
        Built { name: name.into(), rust_version: Some(Version::new(1, 85, 0)), proc_macro }
    }

    fn library(name: &str, dependency: &str, dev: bool) -> Member {
        let dependencies = vec![Dependency { name: dependency.into(), dev }];
        Member { name: name.into(), dir: "crates/a".into(), dependencies, ..Member::default() }
    }

    #[test]
    fn a_dependency_off_the_list_is_found_unless_it_is_for_tests() {
        let found = |dependency, dev| check_direct(&library("upheld-totp", dependency, dev), &[]);
        assert!(found("sha1", false).is_empty());
        assert!(found("hmac", true).is_empty());
        assert_eq!(found("hmac", false).len(), 1);
    }

    #[test]
    fn a_library_without_a_list_is_sent_to_the_table() {
        let found = check_direct(&library("upheld-new", "sha1", false), &[]);
        assert_eq!(found.len(), 1);
        assert!(found.concat().contains("ALLOWED"), "{found:?}");
    }

    #[test]
    fn dependencies_among_ourselves_are_another_rule() {
        let member = library("upheld-migrate-otp", "upheld-totp", false);
        assert!(check_direct(&member, &["upheld-totp"]).is_empty());
    }

    #[test]
    fn url_is_found_outside_http_clients() {
        assert_eq!(check_foreign("upheld-duo", &[built("url", false)]).len(), 1);
        assert!(check_foreign("upheld-duo-reqwest", &[built("url", false)]).is_empty());
        assert!(check_foreign("upheld-duo", &[built("http", false)]).is_empty());
    }

    #[test]
    fn the_core_has_a_cap_and_two_macros() {
        let packages = [built("thiserror-impl", true), built("sha1", false)];
        assert!(check_totp("core", &packages, 2).is_empty());
        assert_eq!(check_totp("core", &packages, 1).len(), 1);
        assert_eq!(check_totp("core", &[built("zeroize_derive", true)], 2).len(), 1);
    }

    #[test]
    fn a_dependency_newer_than_the_promise_is_found() {
        let check =
            |minor| check_rust_version("a", &Version::new(1, minor, 0), &[built("b", false)]);
        assert!(check(85).is_empty());
        assert_eq!(check(84).len(), 1);
    }
}
