//! Every step cites a provision that exists.

use upheld_consent::{
    Awaited, Calendar, Clarification, Extension, Facts, Instrument, LAW_AS_OF, Regime, RequestKind,
    complaint_deadline, explain,
};

use crate::date;

/// The clauses that may be cited, as the texts number them: legislation.gov.uk (UK GDPR, DPA 2018,
/// as of 19 June 2026), EUR-Lex (GDPR, Regulation 1182/71), 11 CCR, 45 CFR.
const EXISTING: [(Instrument, &[&str]); 6] = [
    (
        Instrument::UkGdpr,
        &[
            "12A",
            "12A(1)",
            "12A(2)",
            "12A(2)(a)",
            "12A(2)(b)",
            "12A(2)(c)",
            "12A(3)",
            "12A(4)(a)",
            "12A(5)(b)",
        ],
    ),
    (Instrument::EuGdpr, &["12(3)"]),
    (Instrument::Dpa2018, &["164A(3)"]),
    (Instrument::Periods, &["2(1)", "3(2)(c)", "3(4)"]),
    (Instrument::Ccpa, &["7021(a)", "7021(b)", "7026(f)"]),
    (
        Instrument::Hipaa,
        &["164.524(b)(2)(i)", "164.524(b)(2)(ii)", "164.526(b)(2)(i)", "164.526(b)(2)(ii)"],
    ),
];

#[test]
fn every_step_of_every_path() {
    let there = Awaited::Received(date("2026-06-02"));
    let pauses = [
        Clarification { asked: date("2026-06-10"), answered: Some(date("2026-06-13")) },
        Clarification { asked: date("2027-06-10"), answered: None },
    ];
    let mut seen = Vec::new();
    for received in ["2025-05-09", "2026-05-09", "2026-05-30"] {
        for kind in RequestKind::ALL {
            let plain = Facts::new(kind, date(received));
            let waiting = plain
                .with_identity(Awaited::Outstanding)
                .with_fee(Awaited::Outstanding)
                .with_authority(Awaited::Outstanding);
            let full = plain
                .with_identity(there)
                .with_authority(there)
                .with_fee(there)
                .with_clarifications(&pauses);
            for facts in [
                plain,
                waiting,
                full,
                plain.with_extension(Extension::NotifiedInTime),
                full.with_extension(Extension::NotifiedInTime),
            ] {
                for regime in Regime::ALL {
                    for calendar in [crate::england(), Calendar::WEEKENDS] {
                        let explained = explain(&facts, regime, &calendar);
                        seen.extend(explained.map(|(_, steps)| steps).unwrap_or_default());
                    }
                }
            }
        }
    }
    seen.extend(complaint_deadline(date("2026-11-25"), &crate::england()).unwrap().steps);
    let exists = |instrument, clause| {
        EXISTING.iter().any(|(of, clauses)| *of == instrument && clauses.contains(&clause))
    };
    for step in &seen {
        let provision = step.provision();
        let is_guidance = provision.instrument() == Instrument::Ico;
        assert!(is_guidance || exists(provision.instrument(), provision.clause()), "{step}");
    }
    // And each is cited by some path.
    for (instrument, clauses) in EXISTING {
        for clause in clauses {
            let is_cited = seen.iter().any(|step| {
                step.provision().instrument() == instrument && step.provision().clause() == *clause
            });
            assert!(is_cited, "{instrument:?} {clause}");
        }
    }
    assert_eq!(LAW_AS_OF, date("2026-06-19"));
}

#[test]
fn an_explanation_reads_like_this() {
    let pauses = [Clarification { asked: date("2026-02-20"), answered: Some(date("2026-02-27")) }];
    let facts = Facts::new(RequestKind::Access, date("2026-02-13")).with_clarifications(&pauses);
    let (_, steps) = explain(&facts, Regime::Uk, &crate::england()).unwrap();
    let text: Vec<String> = steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "UK GDPR Art 12A(2)(a): received on 2026-02-13",
            "UK GDPR Art 12A(2): the period runs from 2026-02-13, the latest of these; that day is not counted",
            "UK GDPR Art 12A(5)(b): 2026-02-20 to 2026-02-27 do not count: clarification",
            "UK GDPR Art 12A(1): one month from 2026-02-13 ends on 2026-03-13",
            "UK GDPR Art 12A(5)(b): 8 days that do not count: the period ends on 2026-03-21",
            "Reg 1182/71 Art 3(4): 2026-03-21 is no working day of the calendar; the next is 2026-03-23",
            "UK GDPR Art 12A(4)(a): an extension may be notified until 2026-03-23",
            "Reg 1182/71 Art 3(2)(c): due by the end of 2026-03-23",
        ]
    );
}
