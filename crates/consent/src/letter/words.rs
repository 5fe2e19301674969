//! Words that several letters share.

pub(super) mod say {
    use crate::Date;
    use crate::request::{Ask, Request};

    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];

    /// A day as people write it: 1 July 2026.
    pub(crate) fn day(date: Date) -> String {
        let month = usize::from(date.month()).saturating_sub(1);
        let month = MONTHS.get(month).copied().unwrap_or_default();
        format!("{} {month} {}", date.day(), date.year())
    }

    /// What the request is.
    pub(crate) fn about(request: &Request) -> String {
        format!("On {} we received your request {}.", day(request.received()), asked(request.ask()))
    }

    /// What is asked for, after "your request".
    pub(crate) const fn asked(ask: Ask) -> &'static str {
        match ask {
            Ask::Access => "for access to your personal data",
            Ask::Portability => "for your personal data in a form that machines read",
            Ask::Rectification => "that we correct or complete your personal data",
            Ask::Erasure => "that we erase your personal data",
            Ask::Restriction => "that we restrict the use of your personal data",
            Ask::Objection => "that we stop using your personal data",
            Ask::MarketingObjection => "that we stop using your personal data for direct marketing",
            Ask::DecisionReview => "that a person look again at an automated decision about you",
            Ask::ConsentWithdrawal => "that your consent be over",
        }
    }

    /// Pounds and pence.
    pub(crate) fn pounds(pence: u32) -> String {
        let (pounds, pence) = (pence / 100, pence % 100);
        format!("£{pounds}.{pence:02}")
    }
}
