//! No refusal without a ground that can stand, and none without its evidence.

use upheld_consent::request::{
    Ask, Command, Exemption, FeeGround, Ground, Identity, KeepingPurpose, Outcome, Record,
    RectificationRefusal, Rejection, Requester, SearchResult, Stage, SupplementaryStatement,
    Verdict,
};

use crate::desk::{Desk, before_refusal, burden, fee, fulfilled, item, plan, receipt, respond};
use crate::{name, text};

/// One of each ground.
pub(crate) fn grounds() -> Vec<Ground> {
    let why = || text("as the file shows");
    let mut grounds = vec![
        Ground::Unfounded(burden()),
        Ground::Excessive(burden()),
        Ground::NotIdentified(why()),
        Ground::NotAuthorised(why()),
        Ground::FeeUnpaid(burden()),
        Ground::NoCaseForErasure(why()),
        Ground::Rectification {
            refusal: RectificationRefusal::WouldViolateLaw {
                provision: text(
                    "Health and Social Care Act 2008 (Regulated Activities) Regulations 2014, regulation 17",
                ),
                because: why(),
            },
            statement: SupplementaryStatement::Offered,
        },
        Ground::Rectification {
            refusal: RectificationRefusal::WouldBeInaccurate { evidence: why() },
            statement: SupplementaryStatement::Attached(text("I was not there on 3 May")),
        },
        Ground::NoCaseForRestriction(why()),
        Ground::CompellingGrounds(why()),
        Ground::NotPortable(why()),
        Ground::NotSolelyAutomated(why()),
        Ground::RightsOfOthers(upheld_consent::request::OthersTest {
            other: upheld_consent::request::Other::Anyone,
            consent: why(),
            weighed: why(),
        }),
        Ground::SeriousHarm { opinion: None, because: why() },
        Ground::ExpectedNotToBeTold(why()),
        Ground::AdverseToOthers(why()),
    ];
    for purpose in KeepingPurpose::ALL {
        grounds.push(Ground::KeepingNecessary { purpose, because: why() });
    }
    for exemption in Exemption::ALL {
        grounds.push(Ground::Exempt { exemption, because: why() });
    }
    grounds
}

/// Against each sort of request stand the grounds that the law has against it, and no other.
#[test]
fn every_ground_against_every_request() {
    let mut stood = 0;
    for ask in Ask::ALL {
        for ground in grounds() {
            let mut desk = before_refusal(ask, &ground);
            let refusal = respond(Outcome::Refused(vec![ground.clone()]));
            let granted = desk.try_on(crate::date("2026-06-05"), refusal);
            let provision = ground.provision();
            match (ground.limits(ask), &ground) {
                // A ground about data is not reached where none is found.
                (false, ground) if ground.is_about_items() => assert!(granted.is_err()),
                (_, Ground::ExpectedNotToBeTold(_)) => assert!(granted.is_err()),
                (false, _) => assert_eq!(granted, Err(Rejection::NoGround { provision, ask })),
                (true, ground) if ground.is_against_others() => {
                    assert_eq!(granted, Err(Rejection::SubjectAsks));
                }
                // The person is signed in, asks for themselves, and was charged nothing.
                (
                    true,
                    Ground::NotIdentified(_) | Ground::NotAuthorised(_) | Ground::FeeUnpaid(_),
                ) => assert_eq!(granted, Err(Rejection::NotSo { provision })),
                (true, _) => assert_eq!(granted, Ok(()), "{ask:?} {ground:?}"),
            }
            stood += usize::from(granted.is_ok());
        }
    }
    // Counted by hand: unfounded and excessive against all but the two that end at a word; access
    // 32, portability 15, rectification 16, erasure 19, restriction and objection 16 each, review
    // of a decision 1. Against an objection to marketing and the end of consent stands nothing.
    assert_eq!(stood, 2 * 7 + 32 + 15 + 16 + 19 + 16 + 16 + 1);
}

//= UK GDPR, Article 21(3): nothing overrides an objection to direct marketing
#[test]
fn nothing_overrides_an_objection_to_marketing() {
    let compelling = Ground::CompellingGrounds(text("it sells well"));
    assert!(compelling.limits(Ask::Objection));
    assert!(!compelling.limits(Ask::MarketingObjection));
    assert!(Exemption::ALL.iter().all(|exemption| !exemption.limits(Ask::MarketingObjection)));
}

/// Whoever wants no marketing, or takes consent back, is asked for nothing and waits for nothing.
//= UK GDPR, Article 21(3): nothing overrides an objection to direct marketing
//= UK GDPR, Article 7(3): consent is withdrawn as easily as it was given
#[test]
fn what_is_absolute_is_neither_refused_nor_charged_for() {
    for ask in Ask::ALL {
        let commands = [
            Command::ChargeFee(fee()),
            Command::RequestIdentity { doubt: text("another address") },
            Command::Extend {
                ground: upheld_consent::request::ExtensionGround::Number,
                reasons: text("many"),
            },
        ];
        for command in commands {
            let mut desk = Desk::with(ask);
            let act = command.act();
            let expected =
                if ask.is_absolute() { Err(Rejection::NotForThis { act, ask }) } else { Ok(()) };
            assert_eq!(desk.try_on(crate::date("2026-06-02"), command), expected, "{ask:?}");
        }
    }
    for ask in [Ask::MarketingObjection, Ask::ConsentWithdrawal] {
        for ground in grounds() {
            let mut desk = Desk::with(ask);
            desk.must("2026-06-02", Command::Accept);
            let done = crate::desk::done(ask);
            let partial = Outcome::Partial { done, refused: vec![ground.clone()] };
            for outcome in [Outcome::Refused(vec![ground.clone()]), partial] {
                assert!(desk.try_on(crate::date("2026-06-03"), respond(outcome)).is_err());
            }
        }
    }
}

/// Consent ends at a word: no ground but not knowing whose it is.
//= UK GDPR, Article 7(3): consent is withdrawn as easily as it was given
#[test]
fn consent_ends_at_a_word() {
    let standing: Vec<Ground> =
        grounds().into_iter().filter(|ground| ground.limits(Ask::ConsentWithdrawal)).collect();
    assert!(matches!(standing[..], [Ground::NotAuthorised(_)]));
    let mut desk = Desk::new();
    let unproven = |ask| {
        let mut receipt = receipt(ask);
        receipt.identity = Identity::Unproven;
        Command::Receive(receipt)
    };
    desk.must("2026-06-01", unproven(Ask::ConsentWithdrawal));
    assert!(matches!(
        desk.refused("2026-06-02", Command::ChargeFee(fee())),
        Rejection::NotForThis { .. }
    ));
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-02", fulfilled(Ask::ConsentWithdrawal));
    let mut desk = Desk::new();
    desk.must("2026-06-01", unproven(Ask::Erasure));
    assert_eq!(desk.refused("2026-06-02", Command::Accept), Rejection::Unidentified);
}

#[test]
fn whoever_asks_for_another_shows_that_they_may() {
    let mut receipt = receipt(Ask::Access);
    receipt.requester = Requester::Representative;
    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(receipt));
    assert_eq!(desk.refused("2026-06-02", Command::Accept), Rejection::Unauthorised);
    desk.must("2026-06-02", Command::RequestAuthority);
    desk.must("2026-06-05", Command::ReceiveAuthority { how: text("a signed mandate") });
    desk.must("2026-06-05", Command::Accept);
    let mut own = Desk::with(Ask::Access);
    let needless = own.refused("2026-06-02", Command::RequestAuthority);
    assert_eq!(needless, Rejection::NoAuthorityNeeded);
}

/// A parent may be refused what a child said in confidence; the child may not.
#[test]
fn what_a_child_said_in_confidence() {
    let mut receipt = receipt(Ask::Access);
    receipt.requester = Requester::Parent;
    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(receipt));
    desk.must("2026-06-02", Command::RequestAuthority);
    desk.must("2026-06-02", Command::ReceiveAuthority { how: text("birth certificate") });
    desk.must("2026-06-02", Command::Accept);
    let ground = Ground::ExpectedNotToBeTold(text("the child asked that it stay in the room"));
    desk.must("2026-06-02", Command::BeginCollection(plan(&["records"])));
    let refusal = || respond(Outcome::Refused(vec![ground.clone()]));
    desk.must("2026-06-02", Command::FindItem(item("note 1", Record::Health, true)));
    let (source, result) = (name("records"), SearchResult::Searched);
    desk.must("2026-06-02", Command::FinishSource { source, result });
    desk.must("2026-06-02", Command::SubmitForReview);
    let verdict = Verdict::Withhold(ground.clone());
    desk.must("2026-06-02", Command::Review { item: name("note 1"), verdict });
    desk.must("2026-06-03", refusal());
}

/// What was asked for and never came is a refusal, with its ground, and it may be mended.
#[test]
fn what_never_came() {
    let lapse = || Command::Lapse { efforts: text("two letters and a call") };
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::RequestIdentity { doubt: text("another address") });
    desk.must("2026-08-01", lapse());
    let ground = &desk.request().response().unwrap().outcome.refused()[0];
    assert_eq!(ground, &Ground::NotIdentified(text("two letters and a call")));
    desk.must("2026-08-10", Command::Reopen { news: text("the passport came") });
    assert_eq!(desk.request().stage(), Stage::InProgress);

    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::ChargeFee(fee()));
    desk.must("2026-08-01", lapse());
    let FeeGround::Excessive(shown) = fee().ground else { panic!() };
    let ground = &desk.request().response().unwrap().outcome.refused()[0];
    assert_eq!(ground, &Ground::FeeUnpaid(shown));
}

/// A request that lapsed for want of proof is not answered after it is taken up again, until there
/// is some.
#[test]
fn a_lapsed_request_gets_no_answer_without_proof() {
    let mut unproven = receipt(Ask::Rectification);
    unproven.identity = Identity::Unproven;
    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(unproven));
    desk.must("2026-06-02", Command::RequestIdentity { doubt: text("nothing is known") });
    desk.must("2026-07-02", Command::Lapse { efforts: text("a letter") });
    desk.must("2026-07-10", Command::Reopen { news: text("a call") });
    let refused = desk.refused("2026-07-11", fulfilled(Ask::Rectification));
    assert_eq!(refused, Rejection::Unidentified);
    desk.must("2026-07-11", Command::RequestIdentity { doubt: text("nothing is known") });
    desk.must("2026-07-12", Command::ConfirmIdentity { how: text("passport") });
    desk.must("2026-07-12", fulfilled(Ask::Rectification));
}

/// Evidence is words, and there is no such thing as no words.
#[test]
fn evidence_is_never_empty() {
    let empty = r#"{"excessive":{"shown_by":"","weighed":"x"}}"#;
    let error = serde_json::from_str::<Ground>(empty).unwrap_err().to_string();
    assert!(error.contains("a text is blank"), "{error}");
    let absent = r#"{"excessive":{"shown_by":"x"}}"#;
    let error = serde_json::from_str::<Ground>(absent).unwrap_err().to_string();
    assert!(error.contains("missing field `weighed`"), "{error}");
    let offer = r#"{"rectification":{"refusal":{"would_be_inaccurate":{"evidence":"x"}}}}"#;
    let error = serde_json::from_str::<Ground>(offer).unwrap_err().to_string();
    assert!(error.contains("missing field `statement`"), "{error}");
}
