//! Grounds of a refusal: which can stand against a request, and what is read from the form.

use upheld_consent::Date;
use upheld_consent::request::{
    Ask, Burden, Exemption, Finding, Ground, KeepingPurpose, Name, Opinion, Other, OthersTest,
    RectificationRefusal, Requester, SupplementaryStatement, Text,
};

use crate::language::phrase;

/// What was written down for a ground.
#[derive(Debug)]
pub(super) struct Evidence {
    /// The facts.
    pub(super) because: Text,
    /// What was weighed against them; for an act that forbids a change, which it is.
    pub(super) weighed: Option<Text>,
    /// Who was asked about harm to health, and when they answered.
    pub(super) opinion: Option<(Name, Date)>,
}

/// What a ground is made of.
#[derive(Clone, Copy)]
enum Kind {
    Plain(fn(Text) -> Ground),
    Weighed(fn(Burden) -> Ground),
    Keeping(KeepingPurpose),
    Exempt(Exemption),
    Others(Other),
    Unlawful,
    Inaccurate,
    SeriousHarm,
}

/// A ground that may be chosen.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    /// Its name in forms.
    pub(super) name: &'static str,
    pub(super) heading: &'static str,
    kind: Kind,
}

impl Choice {
    /// The ground, unless something is missing that it cannot do without.
    pub(super) fn ground(&self, evidence: Evidence) -> Option<Ground> {
        let Evidence { because, weighed, opinion } = evidence;
        Some(match self.kind {
            Kind::Plain(make) => make(because),
            Kind::Weighed(make) => make(Burden { shown_by: because, weighed: weighed? }),
            Kind::Keeping(purpose) => Ground::KeepingNecessary { purpose, because },
            Kind::Exempt(exemption) => Ground::Exempt { exemption, because },
            Kind::Others(other) => {
                Ground::RightsOfOthers(OthersTest { other, consent: because, weighed: weighed? })
            }
            Kind::Unlawful => {
                let provision = weighed?;
                refused(RectificationRefusal::WouldViolateLaw { provision, because })
            }
            Kind::Inaccurate => {
                refused(RectificationRefusal::WouldBeInaccurate { evidence: because })
            }
            Kind::SeriousHarm => {
                let finding = Finding::SeriousHarm;
                let opinion =
                    opinion.map(|(by, given)| Opinion { by, given, finding, ask_again: false });
                Ground::SeriousHarm { opinion, because }
            }
        })
    }
}

fn refused(refusal: RectificationRefusal) -> Ground {
    Ground::Rectification { refusal, statement: SupplementaryStatement::Offered }
}

/// The grounds that can stand against such a request of such a person.
pub(super) fn choices(ask: Ask, requester: Requester) -> Vec<Choice> {
    let stands = |choice: &&Choice| {
        let Some(sample) = sample().and_then(|sample| choice.ground(sample)) else { return false };
        sample.limits(ask) && !(sample.is_against_others() && requester == Requester::Subject)
    };
    ALL.iter().filter(stands).copied().collect()
}

/// The ground of this name.
pub(super) fn find(name: &str) -> Option<Choice> {
    ALL.into_iter().find(|choice| choice.name == name)
}

fn sample() -> Option<Evidence> {
    let because = Text::new("…").ok()?;
    Some(Evidence { weighed: Some(because.clone()), because, opinion: None })
}

const fn of(name: &'static str, heading: &'static str, kind: Kind) -> Choice {
    Choice { name, heading, kind }
}

/// Of the exemptions of the Act those that a clinic may come to need.
const ALL: [Choice; 30] = [
    of("unfounded", phrase("It is manifestly unfounded"), Kind::Weighed(Ground::Unfounded)),
    of("excessive", phrase("It is manifestly excessive"), Kind::Weighed(Ground::Excessive)),
    of("not-identified", phrase("We cannot tell who asks"), Kind::Plain(Ground::NotIdentified)),
    of(
        "not-authorised",
        phrase("Whoever asks has not shown that they may"),
        Kind::Plain(Ground::NotAuthorised),
    ),
    of(
        "keeping-legal-obligation",
        phrase("A law obliges us to keep it"),
        Kind::Keeping(KeepingPurpose::LegalObligation),
    ),
    of(
        "keeping-public-health",
        phrase("It is needed for public health"),
        Kind::Keeping(KeepingPurpose::PublicHealth),
    ),
    of(
        "keeping-legal-claims",
        phrase("It is needed for legal claims"),
        Kind::Keeping(KeepingPurpose::LegalClaims),
    ),
    of(
        "keeping-research",
        phrase("It is needed for archiving or research"),
        Kind::Keeping(KeepingPurpose::ArchivingAndResearch),
    ),
    of(
        "keeping-expression",
        phrase("It is needed for freedom of expression"),
        Kind::Keeping(KeepingPurpose::FreedomOfExpression),
    ),
    of(
        "no-case-for-erasure",
        phrase("None of the cases for erasure is there"),
        Kind::Plain(Ground::NoCaseForErasure),
    ),
    of("inaccurate", phrase("The change would make it incorrect"), Kind::Inaccurate),
    of("unlawful", phrase("The change would break the law"), Kind::Unlawful),
    of(
        "no-case-for-restriction",
        phrase("None of the cases for restriction is there"),
        Kind::Plain(Ground::NoCaseForRestriction),
    ),
    of(
        "compelling",
        phrase("Compelling legitimate grounds override"),
        Kind::Plain(Ground::CompellingGrounds),
    ),
    of("not-portable", phrase("The data is not portable"), Kind::Plain(Ground::NotPortable)),
    of(
        "adverse-to-others",
        phrase("It would harm somebody else"),
        Kind::Plain(Ground::AdverseToOthers),
    ),
    of(
        "not-automated",
        phrase("The decision was not made by a machine alone"),
        Kind::Plain(Ground::NotSolelyAutomated),
    ),
    of("others", phrase("It tells about somebody else"), Kind::Others(Other::Anyone)),
    of(
        "others-health",
        phrase("It tells about a health professional"),
        Kind::Others(Other::HealthProfessional),
    ),
    of(
        "serious-harm",
        phrase("Disclosure would be likely to cause serious harm to health"),
        Kind::SeriousHarm,
    ),
    of(
        "expected-not-to-be-told",
        phrase("The patient gave it so that it would not be told them"),
        Kind::Plain(Ground::ExpectedNotToBeTold),
    ),
    of("exempt-privilege", phrase("Legal privilege"), Kind::Exempt(Exemption::LegalPrivilege)),
    of("exempt-crime", phrase("Crime and taxation"), Kind::Exempt(Exemption::CrimeAndTaxation)),
    of(
        "exempt-proceedings",
        phrase("Legal proceedings"),
        Kind::Exempt(Exemption::LegalProceedings),
    ),
    of(
        "exempt-public",
        phrase("Protecting the public"),
        Kind::Exempt(Exemption::ProtectingThePublic),
    ),
    of(
        "exempt-regulation",
        phrase("Regulation of the health service"),
        Kind::Exempt(Exemption::HealthServiceRegulation),
    ),
    of(
        "exempt-references",
        phrase("Confidential references"),
        Kind::Exempt(Exemption::ConfidentialReferences),
    ),
    of("exempt-negotiations", phrase("Negotiations"), Kind::Exempt(Exemption::Negotiations)),
    of("exempt-abuse", phrase("Child abuse data"), Kind::Exempt(Exemption::ChildAbuse)),
    of("exempt-research", phrase("Research and statistics"), Kind::Exempt(Exemption::Research)),
];
