//! `UnixSeconds::parse_cookie_date` against the grammar, written out without shortcuts.

use upheld_cookies::UnixSeconds;

/// Reads the input as a cookie-date, and once more by counting the days of every month.
pub fn cookie_date(data: &[u8]) {
    let read = UnixSeconds::parse_cookie_date(data).ok().map(|moment| moment.0);
    assert_eq!(read, expected(data), "{}", data.escape_ascii());
    if let Some(seconds) = read {
        let written = UnixSeconds(seconds).to_imf_fixdate().to_string();
        assert_eq!(expected(written.as_bytes()), Some(seconds), "{written}");
        assert_eq!(UnixSeconds::parse_imf_fixdate(written.as_bytes()), Some(UnixSeconds(seconds)));
    }
}

fn expected(data: &[u8]) -> Option<i64> {
    let is_delimiter = |byte: u8| {
        byte == 0x09
            || (0x20..=0x2F).contains(&byte)
            || (0x3B..=0x40).contains(&byte)
            || (0x5B..=0x60).contains(&byte)
            || (0x7B..=0x7E).contains(&byte)
    };
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in data.split(|byte| is_delimiter(*byte)) {
        if time.is_none()
            && let Some(found) = hms(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = leading_number(token, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = named_month(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = leading_number(token, 2, 4)
        {
            year = Some(found);
        }
    }
    let ([hour, minute, second], day, month) = (time?, day?, month?);
    let year = match year? {
        year if year < 70 => year + 2000,
        year if year < 100 => year + 1900,
        year => year,
    };
    let fits = hour <= 23 && minute <= 59 && second <= 59 && year >= 1601;
    if !fits || day < 1 || day > days_of(year, month) {
        return None;
    }
    let of_years: i64 =
        (1601..year).map(|year| (1..=12).map(|m| days_of(year, m)).sum::<i64>()).sum();
    let of_months: i64 = (1..month).map(|month| days_of(year, month)).sum();
    let to_1970: i64 = (1601..1970).map(|year| 337 + days_of(year, 2)).sum();
    let days = of_years + of_months + day - 1 - to_1970;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn leading_number(token: &[u8], least: usize, most: usize) -> Option<i64> {
    let digits: Vec<u8> = token.iter().copied().take_while(u8::is_ascii_digit).collect();
    let is_number = (least..=most).contains(&digits.len());
    is_number.then(|| String::from_utf8(digits).expect("digits").parse().expect("four digits"))
}

fn hms(token: &[u8]) -> Option<[i64; 3]> {
    let mut fields = token.splitn(3, |byte| *byte == b':');
    let whole = |field: &[u8]| {
        field.iter().all(u8::is_ascii_digit).then(|| leading_number(field, 1, 2)).flatten()
    };
    let (hour, minute) = (whole(fields.next()?)?, whole(fields.next()?)?);
    Some([hour, minute, leading_number(fields.next()?, 1, 2)?])
}

fn named_month(token: &[u8]) -> Option<i64> {
    let names = "janfebmaraprmayjunjulaugsepoctnovdec";
    let word = str::from_utf8(token.get(..3)?).ok()?.to_lowercase();
    let at = names.find(&word).filter(|at| at % 3 == 0)?;
    Some(i64::try_from(at / 3).expect("below 12") + 1)
}
