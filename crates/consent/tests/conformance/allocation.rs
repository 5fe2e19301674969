//! A deadline allocates nothing.

use upheld_consent::{Clarification, Extension, Facts, Regime, RequestKind, deadline};

use crate::{date, england};

#[test]
fn a_deadline_without_its_explanation_allocates_nothing() {
    let calendar = england();
    let pauses = [Clarification { asked: date("2026-02-20"), answered: Some(date("2026-02-27")) }];
    let facts = Facts::new(RequestKind::Access, date("2026-02-15"))
        .with_clarifications(&pauses)
        .with_extension(Extension::Notified(date("2026-03-01")));
    let allocated = allocation_counter::measure(|| {
        assert!(deadline(&facts, Regime::Uk, &calendar).is_ok());
    });
    assert_eq!(allocated.count_total, 0);
}
