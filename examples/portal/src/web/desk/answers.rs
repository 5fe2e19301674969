//! Reads what was done from the form, by what was asked.

use upheld_consent::request::{
    AccessAnswer, Ask, CopyForm, Done, ErasureAnswer, Ground, Outcome, PortabilityAnswer,
    RectificationAnswer, Request, ResidualCopies, RestrictionAnswer, RestrictionCase, ReviewAnswer,
};

use super::commands::{Form, Unread, may_be_partial};

/// What was done: all of it, or less when a ground was given or something found is kept back.
pub(super) fn fulfil(form: &Form<'_>, request: &Request) -> Result<Outcome, Unread> {
    let done = done(form, request.ask())?;
    let refused = if may_be_partial(request.ask()) && !form.word("ground").is_empty() {
        vec![form.ground()?]
    } else {
        kept_back(request)
    };
    Ok(if refused.is_empty() {
        Outcome::Fulfilled(done)
    } else {
        Outcome::Partial { done, refused }
    })
}

/// The grounds on which items are withheld, each once.
fn kept_back(request: &Request) -> Vec<Ground> {
    let mut grounds: Vec<Ground> = Vec::new();
    for ground in request.items().filter_map(|(_, verdict)| verdict?.ground()) {
        if !grounds.contains(ground) {
            grounds.push(ground.clone());
        }
    }
    grounds
}

fn done(form: &Form<'_>, ask: Ask) -> Result<Done, Unread> {
    Ok(match ask {
        Ask::Access => Done::Access(access(form)?),
        Ask::Portability => Done::Portability(PortabilityAnswer {
            format: form.name("format")?,
            sent_to: form.optional_name("sent_to")?,
        }),
        Ask::Rectification => Done::Rectification(RectificationAnswer {
            changed: form.lines("done")?,
            recipients: form.names("recipients")?,
        }),
        Ask::Erasure => Done::Erasure(erasure(form)?),
        Ask::Restriction => Done::Restriction(RestrictionAnswer {
            case: case(form)?,
            restricted: form.lines("done")?,
            recipients: form.names("recipients")?,
        }),
        Ask::DecisionReview => Done::DecisionReview(ReviewAnswer {
            reviewer: form.name("reviewer")?,
            representations: form.optional("representations")?,
            decision: form.text("decision")?,
        }),
        Ask::ConsentWithdrawal => Done::ConsentWithdrawal {
            purposes: form.lines("done")?,
            recipients: form.names("recipients")?,
        },
        _ => Done::Objection { stopped: form.lines("done")? },
    })
}

fn access(form: &Form<'_>) -> Result<AccessAnswer, Unread> {
    let copy = match form.word("copy") {
        "electronic" => Some(CopyForm::Electronic),
        "paper" => Some(CopyForm::Paper),
        "paper-as-wanted" => Some(CopyForm::PaperAsWanted),
        _ => None,
    };
    Ok(AccessAnswer {
        purposes: form.stated("purposes")?,
        categories: form.stated("categories")?,
        recipients: form.stated("recipients")?,
        retention: form.stated("retention")?,
        sources: form.stated("sources")?,
        automated_decisions: form.stated("automated_decisions")?,
        transfers: form.stated("transfers")?,
        copy,
    })
}

fn erasure(form: &Form<'_>) -> Result<ErasureAnswer, Unread> {
    Ok(ErasureAnswer {
        erased: form.lines("done")?,
        account_deleted: form.word("account") == "deleted",
        residual: ResidualCopies {
            caches: form.optional("caches")?,
            archives: form.optional("archives")?,
            other_people: form.optional("other_people")?,
            backups_until: form.day("backups_until")?,
        },
        recipients: form.names("recipients")?,
        published_to: form.names("published_to")?,
    })
}

fn case(form: &Form<'_>) -> Result<RestrictionCase, Unread> {
    Ok(match form.word("case") {
        "accuracy" => RestrictionCase::AccuracyContested,
        "unlawful" => RestrictionCase::UnlawfulNotErased,
        "claims" => RestrictionCase::NeededForClaims,
        "objection" => RestrictionCase::ObjectionPending,
        _ => return Err(Unread("case")),
    })
}
