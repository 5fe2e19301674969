//! `dsr complaint`

use crate::dsr;

#[test]
fn thirty_days() {
    let text = dsr(&["complaint", "--received", "2026-06-19"]).stdout();
    assert!(
        text.starts_with(
            "acknowledge by 2026-07-20\n  DPA 2018 s.164A(3): received on 2026-06-19\n"
        ),
        "{text}"
    );
    let json =
        dsr(&["complaint", "--received", "2026-11-25", "--calendar", "scotland", "--json"]).json();
    assert_eq!(
        (&json["nominal_end"], &json["acknowledge_by"]),
        (&"2026-12-25".into(), &"2026-12-29".into())
    );
    assert_eq!(json["trace"].as_array().unwrap().len(), 4);
}

#[test]
fn before_the_law() {
    let said = dsr(&["complaint", "--received", "2026-06-18"]).complaint(2);
    assert!(said.contains("in force from 2026-06-19"), "{said}");
}
