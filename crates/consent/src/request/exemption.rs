//! The exemptions of Schedules 2 to 4 of the Data Protection Act 2018.

use serde::{Deserialize, Serialize};

use super::Ask;
use crate::Provision;
use crate::provision::Instrument;

/// An exemption, under the heading that the Act gives it. It covers what it is needed for, and no
/// more. Those with a test of their own (the rights of others, serious harm, what somebody
/// expected) are [`Ground`](super::Ground)s of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exemption {
    /// Crime and taxation: Schedule 2, paragraph 2.
    CrimeAndTaxation,
    /// Crime and taxation, risk assessment systems: paragraph 3.
    RiskAssessment,
    /// Immigration: paragraph 4.
    Immigration,
    /// Disclosure required by law or for legal proceedings: paragraph 5.
    LegalProceedings,
    /// Functions to protect the public: paragraph 7.
    ProtectingThePublic,
    /// Audit functions: paragraph 8.
    Audit,
    /// Functions of the Bank of England: paragraph 9.
    BankOfEngland,
    /// Regulation of legal services, the health service and children's services: paragraph 10.
    HealthServiceRegulation,
    /// Regulatory functions of certain others: paragraph 11.
    OtherRegulation,
    /// Parliamentary privilege: paragraph 13.
    ParliamentaryPrivilege,
    /// Judicial appointments, independence and proceedings: paragraph 14.
    JudicialProceedings,
    /// Crown honours, dignities and appointments: paragraph 15.
    CrownHonours,
    /// Legal professional privilege: paragraph 19.
    LegalPrivilege,
    /// Self incrimination: paragraph 20.
    SelfIncrimination,
    /// Corporate finance: paragraph 21.
    CorporateFinance,
    /// Management forecasts: paragraph 22.
    ManagementForecasts,
    /// Negotiations: paragraph 23.
    Negotiations,
    /// Confidential references: paragraph 24.
    ConfidentialReferences,
    /// Exam scripts and marks: paragraph 25.
    ExamScripts,
    /// Journalistic, academic, artistic and literary purposes: paragraph 26.
    Journalism,
    /// Research and statistics: paragraph 27.
    Research,
    /// Archiving in the public interest: paragraph 28.
    Archiving,
    /// Health data processed by a court: Schedule 3, paragraph 3.
    HealthDataOfCourts,
    /// Social work data, serious harm to the work: Schedule 3, paragraph 11.
    SocialWorkHarm,
    /// Education data, serious harm: Schedule 3, paragraph 19.
    EducationHarm,
    /// Child abuse data, asked for by a parent or a court's appointee: Schedule 3, paragraph 21.
    ChildAbuse,
    /// Human fertilisation and embryology: Schedule 4, paragraph 2.
    Fertilisation,
    /// Adoption records and reports: Schedule 4, paragraph 3.
    Adoption,
    /// Statements of special educational needs: Schedule 4, paragraph 4.
    SpecialEducationalNeeds,
    /// Parental orders: Schedule 4, paragraph 5.
    ParentalOrders,
    /// Information of a Principal Reporter for a children's hearing: Schedule 4, paragraph 6.
    ChildrensHearing,
}

impl Exemption {
    /// All of them, in the order of the Act.
    pub const ALL: [Self; 31] = [
        Self::CrimeAndTaxation,
        Self::RiskAssessment,
        Self::Immigration,
        Self::LegalProceedings,
        Self::ProtectingThePublic,
        Self::Audit,
        Self::BankOfEngland,
        Self::HealthServiceRegulation,
        Self::OtherRegulation,
        Self::ParliamentaryPrivilege,
        Self::JudicialProceedings,
        Self::CrownHonours,
        Self::LegalPrivilege,
        Self::SelfIncrimination,
        Self::CorporateFinance,
        Self::ManagementForecasts,
        Self::Negotiations,
        Self::ConfidentialReferences,
        Self::ExamScripts,
        Self::Journalism,
        Self::Research,
        Self::Archiving,
        Self::HealthDataOfCourts,
        Self::SocialWorkHarm,
        Self::EducationHarm,
        Self::ChildAbuse,
        Self::Fertilisation,
        Self::Adoption,
        Self::SpecialEducationalNeeds,
        Self::ParentalOrders,
        Self::ChildrensHearing,
    ];

    /// The paragraph.
    #[must_use]
    pub const fn provision(self) -> Provision {
        let paragraph = match self {
            Self::CrimeAndTaxation => "2 para 2",
            Self::RiskAssessment => "2 para 3",
            Self::Immigration => "2 para 4",
            Self::LegalProceedings => "2 para 5",
            Self::ProtectingThePublic => "2 para 7",
            Self::Audit => "2 para 8",
            Self::BankOfEngland => "2 para 9",
            Self::HealthServiceRegulation => "2 para 10",
            Self::OtherRegulation => "2 para 11",
            Self::ParliamentaryPrivilege => "2 para 13",
            Self::JudicialProceedings => "2 para 14",
            Self::CrownHonours => "2 para 15",
            Self::LegalPrivilege => "2 para 19",
            Self::SelfIncrimination => "2 para 20",
            Self::CorporateFinance => "2 para 21",
            Self::ManagementForecasts => "2 para 22",
            Self::Negotiations => "2 para 23",
            Self::ConfidentialReferences => "2 para 24",
            Self::ExamScripts => "2 para 25",
            Self::Journalism => "2 para 26",
            Self::Research => "2 para 27",
            Self::Archiving => "2 para 28",
            Self::HealthDataOfCourts => "3 para 3",
            Self::SocialWorkHarm => "3 para 11",
            Self::EducationHarm => "3 para 19",
            Self::ChildAbuse => "3 para 21",
            Self::Fertilisation => "4 para 2",
            Self::Adoption => "4 para 3",
            Self::SpecialEducationalNeeds => "4 para 4",
            Self::ParentalOrders => "4 para 5",
            Self::ChildrensHearing => "4 para 6",
        };
        Provision::new(Instrument::Dpa2018Schedule, paragraph)
    }

    /// What it is about, for a letter.
    #[must_use]
    pub const fn subject(self) -> &'static str {
        match self {
            Self::CrimeAndTaxation => "the prevention or detection of crime, or taxation",
            Self::RiskAssessment => "risk assessment systems for crime and taxation",
            Self::Immigration => "immigration control",
            Self::LegalProceedings => "legal proceedings, or disclosure that the law requires",
            Self::ProtectingThePublic => "functions that protect the public",
            Self::Audit => "audit functions",
            Self::BankOfEngland => "functions of the Bank of England",
            Self::HealthServiceRegulation => {
                "regulation of legal services, the health service or services for children"
            }
            Self::OtherRegulation => "functions of a regulator",
            Self::ParliamentaryPrivilege => "parliamentary privilege",
            Self::JudicialProceedings => "judicial appointments, independence or proceedings",
            Self::CrownHonours => "Crown honours, dignities and appointments",
            Self::LegalPrivilege => "legal professional privilege",
            Self::SelfIncrimination => "self-incrimination",
            Self::CorporateFinance => "corporate finance",
            Self::ManagementForecasts => "management forecasts and planning",
            Self::Negotiations => "negotiations with you",
            Self::ConfidentialReferences => "references given in confidence",
            Self::ExamScripts => "exam scripts and marks",
            Self::Journalism => "journalistic, academic, artistic or literary purposes",
            Self::Research => "research and statistics",
            Self::Archiving => "archiving in the public interest",
            Self::HealthDataOfCourts => "health data that a court processes",
            Self::SocialWorkHarm => "serious harm that disclosure of social work data would risk",
            Self::EducationHarm => "serious harm that disclosure of education data would risk",
            Self::ChildAbuse => "child abuse data",
            Self::Fertilisation => "human fertilisation and embryology",
            Self::Adoption => "adoption records and reports",
            Self::SpecialEducationalNeeds => "statements of special educational needs",
            Self::ParentalOrders => "parental order records and reports",
            Self::ChildrensHearing => "information for a children's hearing",
        }
    }

    /// Whether the Act lets it limit that right. Most of Schedule 2, Part 4, and all of Schedule 4
    /// limit access alone; nothing limits an objection to direct marketing, which is Article 21(2).
    ///
    /// # Source
    ///
    /// The listed provisions: Schedule 2, paragraphs 1, 3(3), 4(2), 6, 18, 26(9), 27(2) and 28(2);
    /// Schedule 3, paragraph 1; Schedule 4, paragraph 1.
    #[must_use]
    pub const fn limits(self, ask: Ask) -> bool {
        match self {
            Self::CrimeAndTaxation
            | Self::LegalProceedings
            | Self::ProtectingThePublic
            | Self::Audit
            | Self::BankOfEngland
            | Self::HealthServiceRegulation
            | Self::OtherRegulation
            | Self::ParliamentaryPrivilege
            | Self::JudicialProceedings
            | Self::CrownHonours
            | Self::Journalism
            | Self::HealthDataOfCourts => matches!(
                ask,
                Ask::Access
                    | Ask::Portability
                    | Ask::Rectification
                    | Ask::Erasure
                    | Ask::Restriction
                    | Ask::Objection
            ),
            Self::Immigration => {
                matches!(ask, Ask::Access | Ask::Erasure | Ask::Restriction | Ask::Objection)
            }
            Self::Research => {
                matches!(ask, Ask::Access | Ask::Rectification | Ask::Restriction | Ask::Objection)
            }
            Self::Archiving => matches!(
                ask,
                Ask::Access
                    | Ask::Portability
                    | Ask::Rectification
                    | Ask::Restriction
                    | Ask::Objection
            ),
            _ => matches!(ask, Ask::Access),
        }
    }

    /// Whether it stands against those alone who ask for somebody else.
    #[must_use]
    pub const fn is_against_others(self) -> bool {
        matches!(self, Self::ChildAbuse)
    }
}
