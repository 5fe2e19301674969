//! Dates and waits as Duo's headers have them: two readers of dates agree where both read, and
//! what is written reads back.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use upheld_duo::{ClockOffset, UnixSeconds, retry_after};

/// Reads the input as a date of a request, and as the value of each header that has a time.
pub fn duo_date(data: &[u8]) {
    let text = str::from_utf8(data).unwrap_or_default();
    let read = UnixSeconds::parse_date(text).ok();
    if let Some(moment) = read {
        assert_eq!(UnixSeconds::parse_date(&moment.to_date()), Ok(moment), "{text}");
    }
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    for name in ["retry-after", "x-retry-after"] {
        let headers: HeaderMap =
            [(name.parse().expect("a name"), value.clone())].into_iter().collect();
        let wait = retry_after(&headers, UnixSeconds(0));
        let trimmed = text.trim();
        if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = trimmed.parse().unwrap_or(u64::MAX);
            assert_eq!(wait, Some(Duration::from_secs(seconds)), "{text}");
        } else if let Some((wait, read)) = wait.zip(read) {
            // Another reader than that of requests.
            assert_eq!(wait.as_secs(), read.0, "{text}");
        }
        if let Some(wait) = wait {
            let later = retry_after(&headers, UnixSeconds(u64::MAX));
            assert!(later.is_some_and(|later| later <= wait), "{text}");
        }
    }
    let headers: HeaderMap = [(http::header::DATE, value)].into_iter().collect();
    let learnt = ClockOffset::of_reply(&headers, UnixSeconds(0));
    assert_eq!(learnt.map(|offset| offset.apply(UnixSeconds(0))), read, "{text}");
}
