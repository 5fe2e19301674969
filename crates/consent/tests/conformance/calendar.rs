//! Bank holidays against another package, the file they come from, and the rules.

use upheld_consent::{Calendar, CalendarError, Date, DateError, Division};

use crate::{date, rows};

/// By the package `holidays` 0.109 of `PyPI`, which has no data in common with gov.uk's.
const HOLIDAYS: &str = include_str!("../vectors/holidays.txt");
/// <https://www.gov.uk/bank-holidays.json> of 25 February 2026, as the package
/// `govuk-bank-holidays` 0.19 of `PyPI` keeps it. Open Government Licence v3.0.
const GOV_UK: &str = include_str!("../vectors/bank-holidays.json");

fn days(first: &str, last: &str) -> impl Iterator<Item = Date> {
    let (first, last) = (date(first), date(last));
    std::iter::successors(Some(first), |day| day.plus_days(1)).take_while(move |day| *day <= last)
}

//= Regulation 1182/71, Article 2: working days are all but public holidays, Sundays and Saturdays
#[test]
fn every_day_of_every_division() {
    let rows = rows(HOLIDAYS);
    assert_eq!(rows.len(), 140 + 158 + 174, "a vector went missing");
    for division in Division::ALL {
        let calendar = Calendar::of(division);
        let mut count = 0;
        for day in days("2012-01-01", "2028-12-31") {
            let text = day.to_string();
            let is_listed = rows.iter().any(|row| row[0] == division.name() && row[1] == text);
            let expected = !is_listed && !day.is_weekend();
            assert_eq!(calendar.is_working_day(day), Ok(expected), "{day} in {}", division.name());
            count += 1;
        }
        assert_eq!(count, 6_210);
    }
}

#[test]
fn the_file_of_gov_uk_says_the_same_but_for_a_day_announced_after_it() {
    for division in Division::ALL {
        let read = Calendar::from_gov_uk_json(GOV_UK.as_bytes(), division).unwrap();
        assert_eq!(read.name(), division.name());
        let built_in = Calendar::of(division);
        let differ: Vec<Date> = days("2012-01-01", "2028-12-31")
            .filter(|day| read.is_working_day(*day) != built_in.is_working_day(*day))
            .collect();
        let world_cup = [date("2026-06-15")];
        assert_eq!(differ, if division == Division::Scotland { &world_cup[..] } else { &[] });
        assert!(read.is_working_day(date("2029-01-02")).is_err());
    }
}

/// The rules foresee everything but single occasions, which are listed here.
#[test]
fn the_projection_agrees_with_the_past() {
    let occasions = [
        // Diamond Jubilee: the Spring bank holiday moved, and one added.
        "2012-05-28",
        "2012-06-04",
        "2012-06-05",
        // VE Day: the Early May bank holiday moved.
        "2020-05-04",
        "2020-05-08",
        // Platinum Jubilee, the Queen's funeral, the Coronation.
        "2022-05-30",
        "2022-06-02",
        "2022-06-03",
        "2022-09-19",
        "2023-05-08",
        // The World Cup, in Scotland.
        "2026-06-15",
    ];
    for division in Division::ALL {
        let nothing = Calendar::from_holidays("none", date("1999-01-01"), date("1999-01-01"), &[]);
        let projected = nothing.unwrap().projected(division);
        let known = Calendar::of(division);
        for day in days("2012-01-01", "2028-12-31") {
            assert!(projected.is_projected(day));
            let is_occasion = occasions.contains(&&*day.to_string());
            let agrees = projected.is_working_day(day) == known.is_working_day(day);
            let only_in_scotland = day == date("2026-06-15") && division != Division::Scotland;
            assert_eq!(agrees, !is_occasion || only_in_scotland, "{day} in {}", division.name());
        }
    }
}

#[test]
fn outside_the_known_years_it_fails_closed() {
    let calendar = Calendar::of(Division::Scotland);
    assert_eq!(calendar.is_working_day(date("2028-12-31")), Ok(false));
    let error = calendar.is_working_day(date("2029-01-01")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the holidays of 2029-01-01 are not known, only those from \
        2012-01-01 to 2028-12-31; load newer ones or ask for a projection"
    );
    assert!(calendar.is_working_day(date("2011-12-31")).is_err());
    // Even a weekend: whether the next day is a holiday is not known either.
    assert!(calendar.is_working_day(date("2030-01-05")).is_err());
    let projected = calendar.projected(Division::Scotland);
    assert_eq!(projected.is_working_day(date("2029-01-02")), Ok(false));
    assert_eq!(projected.is_working_day(date("2029-01-03")), Ok(true));
    assert!(
        projected.is_projected(date("2029-01-03")) && !projected.is_projected(date("2028-12-29"))
    );
}

#[test]
fn weekends_alone() {
    assert_eq!(Calendar::WEEKENDS.is_working_day(date("2026-12-25")), Ok(true));
    assert_eq!(Calendar::WEEKENDS.is_working_day(date("2196-02-28")), Ok(false));
}

#[test]
fn calendars_of_ones_own() {
    let carnival = [date("2026-02-16"), date("2027-02-08"), date("2020-01-01")];
    let calendar =
        Calendar::from_holidays("Cologne", date("2026-01-01"), date("2027-12-31"), &carnival)
            .unwrap();
    assert_eq!(calendar.is_working_day(date("2026-02-16")), Ok(false));
    assert_eq!(calendar.is_working_day(date("2026-02-17")), Ok(true));
    assert_eq!(calendar.is_working_day(date("2027-02-08")), Ok(false));
    let backwards = Calendar::from_holidays("x", date("2027-01-01"), date("2026-12-31"), &[]);
    assert_eq!(backwards.unwrap_err(), CalendarError::Span);
    // The longest there is takes a few kilobytes.
    assert!(Calendar::from_holidays("x", Date::MIN, Date::MAX, &[Date::MAX]).is_ok());
}

#[test]
fn files_that_are_not_believed() {
    let read =
        |text: &str| Calendar::from_gov_uk_json(text.as_bytes(), Division::Scotland).unwrap_err();
    assert!(matches!(read(""), CalendarError::Json { .. }));
    assert!(matches!(read("{\"scotland\":{}}"), CalendarError::Json { .. }));
    assert_eq!(read("{}"), CalendarError::Division);
    assert_eq!(read("{\"scotland\":{\"events\":[]}}"), CalendarError::Incomplete { year: None });
    let bad = GOV_UK.replacen("2026-11-30", "2026-11-31", 1);
    assert!(matches!(read(&bad), CalendarError::Date { error: DateError::Day, .. }));
    // The end of the file was lost, or a year in between.
    let cut: String =
        GOV_UK.replace("2028-12-25", "2027-12-25").replace("2028-12-26", "2027-12-26");
    assert_eq!(read(&cut), CalendarError::Incomplete { year: Some(2028) });
    let gap = GOV_UK.replace("\"2019-", "\"2018-");
    assert_eq!(read(&gap), CalendarError::Incomplete { year: Some(2019) });
    assert!(matches!(read(&" ".repeat(5 << 20)), CalendarError::Length { .. }));
    assert_eq!(read(&gap).to_string(), "the holidays of 2019 are not complete");
}
