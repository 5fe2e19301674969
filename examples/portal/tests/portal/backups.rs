//! Backups: taken while the portal serves, put back elsewhere, and attacked in between.

use std::path::Path;

use crate::exports::make_copy;
use crate::program::Office;
use crate::upkeep::{EMAIL, PASSWORD, add, sign_in, visit};

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_taken_while_serving_and_put_back_elsewhere() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve();
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    make_copy(&mut browser);
    let before = names_in(&office.path(""));
    let made = office.run(&["backup", "create", "one.backup", "--json"]).assert_done().json();
    assert_eq!((&made["key"], &made["database"]["people"]), (&1.into(), &1.into()));
    assert_eq!(office.mode_of("one.backup"), 0o600);
    let mut after = names_in(&office.path(""));
    after.retain(|name| name != "one.backup");
    assert_eq!(after, before, "something was left behind");
    office.run(&["backup", "create", "one.backup"]).assert_refused(4, "is there already");
    office
        .run(&["backup", "restore", "one.backup"])
        .assert_refused(4, "portal.db is there already");
    // What happened since is not in it.
    add(&office, "later@example.com");
    browser.get("/account").assert_shows(200, "Alex Morgan");
    assert_eq!(serving.stop(), 0);

    let verified = office.run(&["backup", "verify", "one.backup"]);
    assert!(verified.assert_done().out.contains("the backup is whole"), "{verified:?}");
    let other = Office::configured();
    for name in ["portal.keys", "one.backup"] {
        std::fs::copy(office.path(name), other.path(name)).unwrap();
    }
    let restored = other.run(&["backup", "restore", "one.backup", "--json"]).assert_done().json();
    assert_eq!(restored["restored"], true);
    assert_eq!(restored["database"]["audit_head"], made["database"]["audit_head"]);
    assert_eq!(other.mode_of("portal.db"), 0o600);
    let listed = other.run(&["user", "list", "--json"]).assert_done().json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["email"]), (1, &EMAIL.into()));
    let serving = other.serve();
    // T33: sessions of then are not sessions of now.
    let cookies = browser.cookies.clone();
    let mut old = visit(&serving);
    old.cookies = cookies;
    assert_eq!(old.get("/account").status, 303);
    // Nor is the copy of somebody's data that was taken in the meantime, perhaps, there again.
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    browser.get("/account/data/export").assert_shows(200, "Make a copy");
    assert_eq!(serving.stop(), 0);
}

/// Backups that were changed, cut off, or belong to other keys, and what is no backup.
#[test]
fn t42_a_backup_tells_nobody_anything_and_t56_cannot_be_changed() {
    let office = Office::migrated();
    add(&office, EMAIL);
    office.run(&["backup", "create", "one.backup"]).assert_done();
    let good = std::fs::read(office.path("one.backup")).unwrap();
    for planted in [EMAIL.as_bytes(), b"Alex Morgan", b"SQLite format", b"argon2id"] {
        assert!(!good.windows(planted.len()).any(|window| window == planted));
    }
    // The search would find them where they are.
    let database = std::fs::read(office.path("portal.db")).unwrap();
    let log = std::fs::read(office.path("portal.db-wal")).unwrap_or_default();
    assert!([database, log].concat().windows(EMAIL.len()).any(|it| it == EMAIL.as_bytes()));

    std::fs::rename(office.path("portal.db"), office.path("old.db")).unwrap();
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(office.path(&format!("portal.db{suffix}"))));
    }
    let restore = |bytes: &[u8], why: &str| {
        std::fs::write(office.path("bad.backup"), bytes).unwrap();
        office.run(&["backup", "verify", "bad.backup"]).assert_refused(1, why);
        office.run(&["backup", "restore", "bad.backup"]).assert_refused(1, why);
        assert!(!office.path("portal.db").exists());
    };
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    restore(&changed, "does not open");
    restore(&good[..good.len() - 7], "cut off");
    restore(&[&good[..], b"more"].concat(), "cut off, or something was added");
    restore(b"not a backup", "this is no backup");
    office.run(&["backup", "verify", "nowhere"]).assert_refused(3, "cannot be read");
    std::fs::remove_file(office.path("portal.keys")).unwrap();
    office.run(&["keys", "generate"]).assert_done();
    restore(&good, "piece 0 does not open");
}

/// A database that was tampered with before it was backed up.
#[test]
fn t56_a_backup_of_a_broken_audit_is_not_restored() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve();
    serving.wait_until_sealed(&office);
    assert_eq!(serving.stop(), 0);
    assert_eq!(office.tamper("UPDATE audit_events SET at = 0 WHERE seq = 1"), 1);
    let made = office.run(&["backup", "create", "one.backup"]);
    assert!(made.code == 1 && made.out.contains("audit: BROKEN at event 1"), "{made:?}");
    std::fs::rename(office.path("portal.db"), office.path("old.db")).unwrap();
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(office.path(&format!("portal.db{suffix}"))));
    }
    let restored = office.run(&["backup", "restore", "one.backup", "--json"]);
    assert_eq!((restored.code, &restored.json()["restored"]), (1, &false.into()));
    assert!(!office.path("portal.db").exists());
}

#[test]
fn of_postgres_the_other_tool_is_named() {
    let office = Office::new();
    office.write(
        "portal.toml",
        "[server]\npublic_url = \"http://localhost:8080\"\n[database]\n\
         postgres = \"postgres://portal@localhost/portal\"\n",
    );
    for command in ["create", "verify", "restore"] {
        office.run(&["backup", command, "x"]).assert_refused(4, "pg_dump --format=custom");
    }
}
