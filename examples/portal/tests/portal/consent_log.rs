//! `portal consents`: the log of consents and requests, and what somebody did to its tables.

use crate::program::{Office, Said, Serving};
use crate::upkeep::{EMAIL, PASSWORD, add, sign_in, visit};

const CENTRE: &str = "/account/consents";

fn verify(office: &Office, more: &[&str]) -> Said {
    office.run(&[&["consents", "verify", "--json"][..], more].concat())
}

/// Somebody agrees to news, and takes it back.
fn give_and_withdraw(serving: &Serving) {
    let mut browser = visit(serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    let page = browser.get(CENTRE);
    let notice = page.between("name=\"notice\" value=\"", "\"").unwrap().to_owned();
    let by_email = format!("{CENTRE}/news-by-email");
    let given = browser.post(&format!("{by_email}/give"), &[("notice", &notice)]);
    given.assert_redirects_to("/account/consents?given");
    let withdrawn = browser.post(&format!("{by_email}/withdraw"), &[]);
    withdrawn.assert_redirects_to("/account/consents?withdrawn");
}

#[test]
fn a_withdrawal_that_somebody_hides_is_named() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let mut serving = office.serve();
    // The notice in two languages.
    let begun = serving.line_with("consents head")["head"].as_str().unwrap().to_owned();
    assert!(begun.starts_with("2:"), "{begun}");
    give_and_withdraw(&serving);
    assert_eq!(serving.stop(), 0);

    let said = verify(&office, &["--expect", &begun]).assert_done().json();
    assert_eq!((&said["entries"], &said["payloads"]), (&4.into(), &2.into()));
    let checkpoint = office.run(&["consents", "checkpoint"]).assert_done().out.clone();
    assert!(checkpoint.starts_with("upheld-portal/"), "{checkpoint}");
    office.write("kept", &checkpoint);
    verify(&office, &["--checkpoint", "kept"]).assert_done();
    office.write("other", &checkpoint.replace("upheld-portal/", "upheld-portal/other-"));
    verify(&office, &["--checkpoint", "other"]).assert_refused(2, "another log");
    verify(&office, &["--checkpoint", "none"]).assert_refused(3, "cannot read none");
    office.write("long", &"x".repeat(upheld_ledger::MAX_NOTE + 1));
    verify(&office, &["--checkpoint", "long"]).assert_refused(2, "checkpoints are shorter");
    verify(&office, &["--expect", "4:x"]).assert_refused(2, "as it was printed");
    let longer = checkpoint.replace("\n4\n", "\n5\n");
    office.write("longer", &longer);
    let said = verify(&office, &["--checkpoint", "longer"]);
    assert_eq!((said.code, &said.json()["intact"]), (1, &false.into()));

    assert_eq!(office.tamper("UPDATE records SET version = 1"), 1);
    let said = verify(&office, &[]);
    assert_eq!((said.code, &said.json()["intact"]), (1, &false.into()));
    let said = office.run(&["consents", "verify"]);
    assert!(said.out.starts_with("BROKEN: record "), "{said:?}");
    office.run(&["consents", "checkpoint"]).assert_refused(1, "BROKEN");
    let said = office.run(&["doctor"]);
    assert!(said.code == 1 && said.out.contains("BAD      consents: "), "{said:?}");
}
