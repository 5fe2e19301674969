//! The calendar that the arguments ask for.

use std::fs;

use anyhow::{Context, Result, ensure};
use upheld_consent::{Calendar, Division, Regime};

use crate::args::Days;

/// Under UK law a division's bank holidays, elsewhere weekends alone.
pub(crate) fn of(days: &Days, regime: Regime) -> Result<Calendar> {
    if regime != Regime::Uk {
        let is_plain = days.calendar.is_none() && days.bank_holidays.is_none() && !days.project;
        ensure!(
            is_plain,
            "--calendar, --bank-holidays and --project are about the United Kingdom; under \
             --regime {} weekends alone are days off, so that the date is never too late",
            regime.name()
        );
        return Ok(Calendar::WEEKENDS);
    }
    let division = days.calendar.unwrap_or(Division::EnglandAndWales);
    let calendar = match &days.bank_holidays {
        None => Calendar::of(division),
        Some(path) => {
            let json = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Calendar::from_gov_uk_json(&json, division)
                .with_context(|| path.display().to_string())?
        }
    };
    Ok(if days.project { calendar.projected(division) } else { calendar })
}
