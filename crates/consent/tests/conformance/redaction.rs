//! Redaction: what is taken out is gone, and a plan that does not fit gives nothing.

use proptest::prelude::*;
use upheld_consent::Provision;
use upheld_consent::redaction::{
    MAX_SPANS, Mask, Redacted, Redaction, RedactionError, RedactionPlan, hash,
};

const OTHERS: Provision = Provision::RIGHTS_OF_OTHERS;

fn cut(from: usize, to: usize) -> Redaction {
    Redaction::new(from..to, OTHERS, "dpo", "refused consent on 2026-02-01")
}

fn apply(text: &str, spans: &[(usize, usize)], mask: Mask) -> Result<Redacted, RedactionError> {
    let plan = RedactionPlan::of(text);
    spans.iter().fold(plan, |plan, (from, to)| plan.redacting(cut(*from, *to))).apply(text, mask)
}

const TEXT: &str = "Zoë saw Mrs Jones.\nMRS JONES is her neighbour.";

#[test]
fn each_mask_hides_what_it_says() {
    let copy = |mask| apply(TEXT, &[(9, 18)], mask).unwrap().copy().to_owned();
    let rest = "\nMRS JONES is her neighbour.";
    assert_eq!(copy(Mask::Constant), format!("Zoë saw █████.{rest}"));
    let told = format!("Zoë saw [withheld: DPA 2018 Sch 2 para 16].{rest}");
    assert_eq!(copy(Mask::Ground), told);
    assert_eq!(copy(Mask::SameLength), format!("Zoë saw █████████.{rest}"));
    let lines = apply("ab\ncd", &[(0, 5)], Mask::SameLength).unwrap();
    assert_eq!(lines.copy(), "██\n██");
    assert_eq!(Mask::default(), Mask::Constant);
}

/// The length of what was taken out changes nothing in the copy.
#[test]
fn a_constant_mask_tells_no_length() {
    let copy = |name: &str| {
        let text = format!("From {name}, by hand");
        apply(&text, &[(5, 5 + name.len())], Mask::Constant).unwrap().copy().to_owned()
    };
    assert_eq!(copy("Al"), copy("Wolfeschlegelsteinhausenbergerdorff"));
}

#[test]
fn the_log_has_what_the_copy_has_not() {
    let redacted = apply(TEXT, &[(20, 29), (9, 18)], Mask::Constant).unwrap();
    let log = redacted.log();
    assert_eq!((log.original(), log.copy()), (hash(TEXT), hash(redacted.copy())));
    let spans: Vec<_> = log.entries().iter().map(|it| (it.span(), it.withheld())).collect();
    assert_eq!(spans, [(9..18, "Mrs Jones"), (20..29, "MRS JONES")], "in the order of the text");
    let shown = format!("{log:?} {redacted:?}");
    assert!(!shown.contains("Jones"), "no Debug shows it: {shown}");
    assert!(!format!("{redacted:?}").contains("Constant") && !shown.contains(redacted.copy()));
    let json = log.to_value().to_canonical();
    assert!(json.contains(r#""ground":"DPA 2018 Sch 2 para 16""#), "{json}");
    assert!(json.contains(r#""withheld":"Mrs Jones""#) && json.contains(r#""from":9"#), "{json}");
    assert!(json.contains(r#""note":"refused consent on 2026-02-01","reviewer":"dpo""#), "{json}");
}

#[test]
fn what_stands_elsewhere_is_reported() {
    let redacted = apply(TEXT, &[(9, 18)], Mask::Constant).unwrap();
    let found: Vec<_> = redacted.leftovers().iter().map(|it| (it.redaction, it.at)).collect();
    assert_eq!(found, [(0, 20)], "whatever its case");
    let both = apply(TEXT, &[(9, 18), (20, 29)], Mask::Constant).unwrap();
    assert_eq!(both.leftovers(), []);
    let short = apply("it is it", &[(0, 2)], Mask::Constant).unwrap();
    assert_eq!(short.leftovers(), [], "two letters tell nothing");
}

#[test]
fn plans_that_do_not_fit_give_nothing() {
    let error = |spans: &[(usize, usize)]| apply(TEXT, spans, Mask::Constant).unwrap_err();
    let length = TEXT.len();
    assert_eq!(error(&[(9, 9)]), RedactionError::Empty { redaction: 0 });
    assert_eq!(error(&[(0, 1), (9, 8)]), RedactionError::Empty { redaction: 1 });
    let end = usize::MAX;
    assert_eq!(error(&[(9, end)]), RedactionError::OutOfBounds { redaction: 0, end, length });
    let end = length + 1;
    assert_eq!(error(&[(9, end)]), RedactionError::OutOfBounds { redaction: 0, end, length });
    // The second byte of the ë.
    assert_eq!(error(&[(3, 8)]), RedactionError::WithinCharacter { redaction: 0, at: 3 });
    assert_eq!(error(&[(0, 3)]), RedactionError::WithinCharacter { redaction: 0, at: 3 });
    assert_eq!(error(&[(9, 18), (12, 20)]), RedactionError::Overlap { first: 0, second: 1 });
    assert_eq!(error(&[(12, 20), (9, 18)]), RedactionError::Overlap { first: 1, second: 0 });
    assert_eq!(error(&[(9, 18), (9, 18)]), RedactionError::Overlap { first: 0, second: 1 });
    assert!(apply(TEXT, &[(9, 12), (12, 18)], Mask::Constant).is_ok(), "side by side");
    assert!(apply(TEXT, &[(0, length)], Mask::Constant).is_ok(), "all of it");

    let plan = RedactionPlan::of(TEXT).redacting(cut(9, 18));
    let other = TEXT.replace("Jones", "Smith");
    assert_eq!(plan.apply(&other, Mask::Constant), Err(RedactionError::OtherText));
    assert_eq!(plan.apply("", Mask::Constant), Err(RedactionError::OtherText));
    let bound = RedactionPlan::bound_to(hash(TEXT)).redacting(cut(9, 18));
    assert_eq!(bound, plan);

    let nobody = Redaction::new(9..18, OTHERS, " ", "");
    let refused = RedactionPlan::of(TEXT).redacting(nobody).apply(TEXT, Mask::Constant);
    assert_eq!(refused, Err(RedactionError::NoReviewer { redaction: 0 }));
    let many: Vec<_> = (0..=MAX_SPANS).map(|at| (at, at + 1)).collect();
    assert_eq!(error(&many), RedactionError::TooMany { spans: MAX_SPANS + 1 });
}

/// "é" may be an "e" and an accent; half of it tells.
#[test]
fn an_accent_is_not_parted_from_its_letter() {
    let text = "Rene\u{301} Dupont";
    let parts = |at| RedactionError::PartsAccent { redaction: 0, at };
    assert_eq!(apply(text, &[(0, 4)], Mask::Constant).unwrap_err(), parts(4));
    assert_eq!(apply(text, &[(4, 13)], Mask::Constant).unwrap_err(), parts(4));
    assert_eq!(apply(text, &[(0, 6)], Mask::Constant).unwrap().copy(), "█████ Dupont");
}

//= DPA 2018, Schedule 2, paragraph 17: it is reasonable to name who made a health record
#[test]
fn what_must_be_kept_is_not_taken_out() {
    let text = "Dr Patel examined Mrs Jones and Dr Shah.";
    let named = Provision::PROFESSIONALS_NAMED;
    let plan = RedactionPlan::of(text).keeping(32..39, named).keeping(0..8, named);
    let with = |from, to| plan.clone().redacting(cut(from, to)).apply(text, Mask::Constant);
    assert!(with(18, 27).is_ok());
    assert!(with(8, 32).is_ok(), "all between the two");
    for (from, to) in [(0, 8), (3, 5), (7, 9), (0, 40), (31, 33), (38, 40)] {
        let kept = RedactionError::Kept { redaction: 0, because: named };
        assert_eq!(with(from, to), Err(kept), "{from}..{to}");
    }
    let bad = RedactionPlan::of(text).keeping(30..99, named).apply(text, Mask::Constant);
    assert_eq!(bad, Err(RedactionError::KeptSpan { kept: 0 }));
    let said = RedactionError::Kept { redaction: 0, because: named }.to_string();
    assert_eq!(said, "redaction 0 takes out what must be kept: DPA 2018 Sch 2 para 17");
}

proptest! {
    /// Any spans over any text: a refusal, or a copy made of the rest and the masks alone.
    #[test]
    fn no_byte_is_lost_or_left(
        text in "[a-cé\u{301}█ ]{0,40}",
        spans in prop::collection::vec((0_usize..60, 0_usize..60), 0..4),
        kept in prop::collection::vec((0_usize..60, 0_usize..60), 0..2),
    ) {
        let mut plan = RedactionPlan::of(&text);
        for (from, to) in &spans {
            plan = plan.redacting(cut(*from, *to));
        }
        for (from, to) in &kept {
            plan = plan.keeping(*from..*to, Provision::PROFESSIONALS_NAMED);
        }
        for mask in [Mask::Constant, Mask::Ground, Mask::SameLength] {
            let Ok(redacted) = plan.apply(&text, mask) else { continue };
            let mut ordered = spans.clone();
            ordered.sort_unstable();
            let (mut rest, mut copy) = (String::new(), String::new());
            let mut end = 0;
            for (from, to) in ordered {
                let mark = match mask {
                    Mask::Constant => "█████".to_owned(),
                    Mask::Ground => "[withheld: DPA 2018 Sch 2 para 16]".to_owned(),
                    Mask::SameLength => "█".repeat(text[from..to].chars().count()),
                };
                rest.push_str(&text[end..from]);
                copy.push_str(&text[end..from]);
                copy.push_str(&mark);
                end = to;
            }
            copy.push_str(&text[end..]);
            rest.push_str(&text[end..]);
            prop_assert_eq!(redacted.copy(), copy);
            let withheld: usize = redacted.log().entries().iter().map(|it| it.withheld().len()).sum();
            prop_assert_eq!(withheld + rest.len(), text.len());
            for (from, to) in &kept {
                prop_assert!(rest.contains(&text[*from..*to]));
            }
        }
    }
}
