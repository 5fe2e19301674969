//! Grounds of refusal, as a letter tells them.

use super::trimmed;
use crate::request::{Ground, KeepingPurpose, RectificationRefusal, SupplementaryStatement};

/// What a letter says of a ground. The evidence is told where it is about the request; where it is
/// about what an exemption protects, telling it would give that away, and it stays in the record.
pub(super) fn told(ground: &Ground) -> String {
    match ground {
        Ground::Unfounded(burden) => format!(
            "We find the request manifestly unfounded. What shows it: {}",
            trimmed(&burden.shown_by)
        ),
        Ground::Excessive(burden) => format!(
            "We find the request manifestly excessive. What shows it: {}",
            trimmed(&burden.shown_by)
        ),
        Ground::FeeUnpaid(_) => {
            "The fee that we charged was not paid, and we do not act without it.".into()
        }
        Ground::NotIdentified(efforts) => format!(
            "We cannot tell that the request is yours. What we did to find out: {}. If you send us \
             what shows who you are, we shall take it up again.",
            trimmed(efforts)
        ),
        Ground::NotAuthorised(efforts) => format!(
            "We have nothing to show that you may act for the person. What we did to get it: {}. \
             If you send it to us, we shall take the request up again.",
            trimmed(efforts)
        ),
        Ground::KeepingNecessary { purpose, because } => {
            format!("We must keep the data {}: {}", keeping(*purpose), trimmed(because))
        }
        Ground::NoCaseForErasure(because) => format!(
            "None of the cases in which data must be erased is there: {}",
            trimmed(because)
        ),
        Ground::Rectification { refusal, statement } => rectification(refusal, statement),
        Ground::NoCaseForRestriction(because) => format!(
            "None of the cases in which data must be restricted is there: {}",
            trimmed(because)
        ),
        Ground::CompellingGrounds(because) => format!(
            "We have compelling legitimate grounds that override yours, or need the data for legal \
             claims: {}",
            trimmed(because)
        ),
        Ground::NotPortable(because) => format!(
            "The right is to data that you gave us, that we process by consent or for a contract, \
             and by automated means: {}",
            trimmed(because)
        ),
        Ground::NotSolelyAutomated(because) => format!(
            "The decision was not a significant one taken by machines alone: {}",
            trimmed(because)
        ),
        Ground::Exempt { exemption, .. } => format!(
            "The law exempts data from this right for the sake of {}, and this data is such.",
            exemption.subject()
        ),
        Ground::RightsOfOthers(_) => {
            "It would tell you about somebody else, who has not agreed, and it is not reasonable to \
             tell you without."
                .into()
        }
        Ground::AdverseToOthers(_) => {
            "Handing it over would adversely affect the rights and freedoms of others.".into()
        }
        Ground::SeriousHarm { .. } => {
            "It is data about health whose disclosure would be likely to cause serious harm to the \
             health of somebody."
                .into()
        }
        Ground::ExpectedNotToBeTold(_) => {
            "It was given in the expectation that it would not be told to whoever asks now.".into()
        }
    }
}

const fn keeping(purpose: KeepingPurpose) -> &'static str {
    match purpose {
        KeepingPurpose::FreedomOfExpression => "for freedom of expression and information",
        KeepingPurpose::LegalObligation => {
            "because the law obliges us to, or for a task in the public interest"
        }
        KeepingPurpose::PublicHealth => "for public health",
        KeepingPurpose::ArchivingAndResearch => "for archiving, research or statistics",
        KeepingPurpose::LegalClaims => "for legal claims",
    }
}

fn rectification(refusal: &RectificationRefusal, statement: &SupplementaryStatement) -> String {
    let why = match refusal {
        RectificationRefusal::WouldViolateLaw { provision, because } => {
            format!("The change would break the law, {}: {}", trimmed(provision), trimmed(because))
        }
        RectificationRefusal::WouldBeInaccurate { evidence } => {
            format!("The change would make the information incorrect: {}", trimmed(evidence))
        }
    };
    let instead = match statement {
        SupplementaryStatement::Offered => {
            "You may send us a statement in your own words, and we shall keep it with the record."
        }
        SupplementaryStatement::Attached(_) => {
            "The statement in your own words is with the record now."
        }
    };
    format!("{why}. {instead}")
}
