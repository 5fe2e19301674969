//! What a person may ask for.

/// The right that a request exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "whoever handles requests handles each kind")]
pub enum RequestKind {
    /// A copy of the data, and what is done with it: Article 15.
    Access,
    /// The data in a form that machines read: Article 20.
    Portability,
    /// Correction or completion: Article 16.
    Rectification,
    /// Deletion: Article 17.
    Erasure,
    /// That the data be kept and not used: Article 18.
    Restriction,
    /// That the data not be used for a purpose: Article 21.
    Objection,
    /// That a person look at an automated decision again: Article 22C of the UK GDPR, 22(3) of the
    /// EU's.
    DecisionReview,
    /// That consent be over: Article 7(3).
    ConsentWithdrawal,
}

impl RequestKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Access,
        Self::Portability,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Objection,
        Self::DecisionReview,
        Self::ConsentWithdrawal,
    ];

    /// One word, for files and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Portability => "portability",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Objection => "objection",
            Self::DecisionReview => "decision-review",
            Self::ConsentWithdrawal => "consent-withdrawal",
        }
    }
}
