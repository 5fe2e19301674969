//! Migrations that are out there are what they were.
//!
//! A database keeps the checksum of each text that ran on it, and is refused by a program that has
//! another: an edit of a published migration stops every portal that exists.

use std::collections::BTreeMap;

use anyhow::Result;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::Tree;

/// Each text that was published, and its SHA-256 (`sha256sum FILE`). Lines are added when tables
/// are published, and never changed.
const PUBLISHED: &[(&str, &str)] = &[
    (
        "crates/store/migrations/postgres/0001_second_factor.sql",
        "204cf5a2b1d8f4d03dbc7a9bd1ac2ec4a3b7bd9df6c98d35d591fe125d1c6ffd",
    ),
    (
        "crates/store/migrations/postgres/0002_room_for_updates.sql",
        "5e21ed48ed56a3e058ad233accab4bf954f07199667e762b034d54a0eee990bd",
    ),
    (
        "crates/store/migrations/postgres/ledger/0001_records.sql",
        "68b0c5b5a84e2464ea70279f81646a7ee9252070c5acdcb8a4bf14d66e989b66",
    ),
    (
        "crates/store/migrations/postgres/ledger/0002_notices.sql",
        "4b92d5dff460ce6b1096ad9f84a64ab796cf4c9f03cd452dbea6ce6a5033f3cd",
    ),
    (
        "crates/store/migrations/postgres/ledger/0003_erasure.sql",
        "e163da37318a3e3c7f0e7ab3c8cb5470b61ff40c3499e14974b912449df12fcf",
    ),
    (
        "crates/store/migrations/postgres/ledger/0004_open_requests.sql",
        "45d49f588ed0c7001f18dd460f7036814331ec982fb6830629774f7d56422217",
    ),
    (
        "crates/store/migrations/sqlite/0001_second_factor.sql",
        "258b1fb8098aade4157d1b13f48bb192bc7c50cdc3f291c0e31376eae3eefac5",
    ),
    (
        "crates/store/migrations/sqlite/0002_room_for_updates.sql",
        "fb4a37e0c03c15e5869e55a33d18eec9dbbd8a357101171ba3bc07e52fc06f70",
    ),
    (
        "crates/store/migrations/sqlite/ledger/0001_records.sql",
        "48ba8982a03c0f83d88231a96394f8a8035d1174239d55593fbb90adb4bbf034",
    ),
    (
        "crates/store/migrations/sqlite/ledger/0002_notices.sql",
        "bb32ae5d376567ca3412c3e165f14be1d43c6b7304a9e207fdebbe0b1a043498",
    ),
    (
        "crates/store/migrations/sqlite/ledger/0003_erasure.sql",
        "e163da37318a3e3c7f0e7ab3c8cb5470b61ff40c3499e14974b912449df12fcf",
    ),
    (
        "crates/store/migrations/sqlite/ledger/0004_open_requests.sql",
        "45d49f588ed0c7001f18dd460f7036814331ec982fb6830629774f7d56422217",
    ),
    (
        "examples/portal/migrations/audit/postgres_0001.sql",
        "426a2b6cfaf6f3bdbfb79ada5e6ba26bd6bb22edfe26f560790621e32eb09be9",
    ),
    (
        "examples/portal/migrations/audit/postgres_0002.sql",
        "d5b61f2c7afb5a945bc86dda75e1313383d7d9b60920f283857e86d619e446f2",
    ),
    (
        "examples/portal/migrations/audit/postgres_0003.sql",
        "79483dccd464d450f54f2fabcfa4b1edb56b23383a27b367e7376fa387265b6e",
    ),
    (
        "examples/portal/migrations/audit/sqlite_0001.sql",
        "332fee84391981a663ff995a460edfa54729bc1acd07662d3e2f0cd1c5c533f1",
    ),
    (
        "examples/portal/migrations/audit/sqlite_0002.sql",
        "d5b61f2c7afb5a945bc86dda75e1313383d7d9b60920f283857e86d619e446f2",
    ),
    (
        "examples/portal/migrations/audit/sqlite_0003.sql",
        "79483dccd464d450f54f2fabcfa4b1edb56b23383a27b367e7376fa387265b6e",
    ),
    (
        "examples/portal/migrations/postgres/0001_accounts.sql",
        "32fd5a627cfef2551b098951e034ec3186bbc2e8f05dc0e2d874a99c01267e96",
    ),
    (
        "examples/portal/migrations/postgres/0002_language.sql",
        "dc3b82bb2407996d59cad77388993a8389168f721808e52918ebf032f3698f08",
    ),
    (
        "examples/portal/migrations/postgres/0003_duo.sql",
        "35a84f62c8756e4d998cecdb7accb1a9feccc0b6e0a98e9be59812894a7c0820",
    ),
    (
        "examples/portal/migrations/postgres/0004_requests.sql",
        "1dd474265332198dc38eacc76a98c0abf528b4aa8c7a0fabfc7ba3a85e997f4e",
    ),
    (
        "examples/portal/migrations/postgres/0005_desk.sql",
        "2c28b3234a60c8d7e52f29b36cd5d537e5bbf63982ccd3aa2a9f4c6645ca0b12",
    ),
    (
        "examples/portal/migrations/postgres/0006_account_data.sql",
        "96602f3346187541c1ad45c2fe2b7369c79004c1fa5676776908c87a24e9bbe5",
    ),
    (
        "examples/portal/migrations/postgres/0007_intakes.sql",
        "f57a75501e906e02a41b05a6ef3cb2902306cfbad00795a9e958ea5d44609e43",
    ),
    (
        "examples/portal/migrations/postgres/0008_assignments.sql",
        "f68138aca1e7e6c3e259693810e9ef3a9b1214c8ee47e28cede5abbee34ec9a7",
    ),
    (
        "examples/portal/migrations/postgres/0009_intake_expiry.sql",
        "1a34fad66022074386a3d5712c566970ca4ecc3f1d95e3b127919c5fc290660e",
    ),
    (
        "examples/portal/migrations/postgres/0010_declarations.sql",
        "e8856aaee90cf4d8efbdcaa04feb2c5675a14ac3e29dd9ecd32259a0fae25797",
    ),
    (
        "examples/portal/migrations/sqlite/0001_accounts.sql",
        "19fad2463c14e077c00d0b1a14b889c6b0fd6c40e38064c041a14e69b6154ef4",
    ),
    (
        "examples/portal/migrations/sqlite/0002_language.sql",
        "dc3b82bb2407996d59cad77388993a8389168f721808e52918ebf032f3698f08",
    ),
    (
        "examples/portal/migrations/sqlite/0003_duo.sql",
        "47ff675d7b6fab16baa76f499d6f4d5c6c457d9cbaa916c7e9667ce4e55a4d10",
    ),
    (
        "examples/portal/migrations/sqlite/0004_requests.sql",
        "4cd78a2bee5250f0817fff2681b81959d8bb88d7cfb2b912dace0f581ab29025",
    ),
    (
        "examples/portal/migrations/sqlite/0005_desk.sql",
        "fc9d2a27e935fe27a12cdb90dc566a2c8bd5365f6f3eaaf8135084a649d3c645",
    ),
    (
        "examples/portal/migrations/sqlite/0006_account_data.sql",
        "c78853e262b6249be4d04d2da5ee4ad01dea5757c95a073110def1737cac436a",
    ),
    (
        "examples/portal/migrations/sqlite/0007_intakes.sql",
        "3e58d9a9218a60022636cbb2bcf04c14fd0250ed8fddf0b74d5cb7cc14210dc7",
    ),
    (
        "examples/portal/migrations/sqlite/0008_assignments.sql",
        "0a0f4483e0948f2e03ab59c2197586a27daacb672e33ba2e6de1fff4d8b8631c",
    ),
    (
        "examples/portal/migrations/sqlite/0009_intake_expiry.sql",
        "d0df9e3b78b4502d8a3108f7fecd6a5c9a77510261cbd95f13cc349e3f6dd118",
    ),
    (
        "examples/portal/migrations/sqlite/0010_declarations.sql",
        "51e95720858d9930b34bd2ee9c8b647b02ebeb77abe802e318bc8f2a81994b99",
    ),
];

/// Finds published texts that were changed or removed, and older ones that are not listed.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let texts = tree.texts(&[".sql"])?;
    let found = texts
        .into_iter()
        .filter(|(file, _)| file.contains("/migrations/"))
        .map(|(file, text)| (file, HEXLOWER.encode(&Sha256::digest(text))))
        .collect();
    Ok(compare(&PUBLISHED.iter().copied().collect(), &found))
}

fn compare(published: &BTreeMap<&str, &str>, found: &BTreeMap<&str, String>) -> Vec<String> {
    let lost =
        published.iter().filter(|(file, hash)| found.get(*file).is_none_or(|it| it != *hash));
    let lost = lost.map(|(file, _)| {
        format!(
            "{file} was published and is another text or gone: databases that ran it would be \
             refused; restore it (git log -- {file}) and write a migration of the next number"
        )
    });
    let is_older = |file: &str| {
        let of_series = |other: &str| series(other) == series(file);
        published.keys().any(|other| of_series(other) && *other > file)
    };
    let unlisted = found.iter().filter(|(file, _)| !published.contains_key(*file));
    let unlisted = unlisted.filter(|(file, _)| is_older(file)).map(|(file, hash)| {
        format!(
            "{file} is older than one that was published, and is not listed; add to \
             xtask/src/tidy/migrations.rs:\n    (\"{file}\", \"{hash}\"),"
        )
    });
    lost.chain(unlisted).collect()
}

/// The folder, and what stands before the number: the texts of two databases may lie side by side.
fn series(file: &str) -> &str {
    let name = file.rfind('/').map_or(0, |slash| slash.saturating_add(1));
    let number = file.get(name..).and_then(|name| name.find(|it: char| it.is_ascii_digit()));
    number.and_then(|at| file.get(..name.saturating_add(at))).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::compare;

    fn only(found: &[(&str, &str)]) -> String {
        let findings = findings(found);
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.concat()
    }

    fn findings(found: &[(&str, &str)]) -> Vec<String> {
        let published =
            BTreeMap::from([("a/migrations/1.sql", "aa"), ("a/migrations/2.sql", "bb")]);
        let found = found.iter().map(|(file, hash)| (*file, (*hash).to_owned())).collect();
        compare(&published, &found)
    }

    #[test]
    fn what_is_out_there_stays_and_nothing_is_put_in_between() {
        let (first, second) = (("a/migrations/1.sql", "aa"), ("a/migrations/2.sql", "bb"));
        assert!(findings(&[first, second]).is_empty());
        let altered = only(&[first, ("a/migrations/2.sql", "cc")]);
        assert!(altered.starts_with("a/migrations/2.sql was published"), "{altered}");
        let gone = only(&[second]);
        assert!(gone.starts_with("a/migrations/1.sql was published"), "{gone}");
        let third = ("a/migrations/3.sql", "cc");
        assert!(findings(&[first, second, third]).is_empty(), "it is not published yet");
        let between = ("a/migrations/1b.sql", "cc");
        let older = only(&[first, between, second]);
        assert!(older.ends_with("(\"a/migrations/1b.sql\", \"cc\"),"), "{older}");
    }

    /// A second text for one database is not older than the first for another beside it.
    #[test]
    fn each_series_has_numbers_of_its_own() {
        let published = BTreeMap::from([
            ("a/migrations/postgres_0001.sql", "aa"),
            ("a/migrations/sqlite_0001.sql", "bb"),
            ("a/migrations/sqlite_0003.sql", "cc"),
        ]);
        let beside = |file: &'static str| {
            let mut found: BTreeMap<&str, String> =
                published.iter().map(|(file, hash)| (*file, (*hash).to_owned())).collect();
            found.insert(file, "dd".into());
            compare(&published, &found)
        };
        assert!(beside("a/migrations/postgres_0002.sql").is_empty());
        assert!(beside("a/migrations/sqlite_0004.sql").is_empty());
        assert_eq!(beside("a/migrations/sqlite_0002.sql").len(), 1);
        assert_eq!(beside("a/migrations/postgres_0000.sql").len(), 1);
    }
}
