//! RFC 3339, beside jiff.

use proptest::prelude::*;
use upheld_consent::Moment;

//= RFC 3339 §5.6: a date, a time, and Z or an offset; T and Z of either case
#[test]
fn examples_of_the_rfc() {
    // §5.8, without the one of 1937 whose offset has seconds of its own kind.
    for (text, seconds) in [
        ("1985-04-12T23:20:50.52Z", 482_196_050),
        ("1996-12-19T16:39:57-08:00", 851_042_397),
        ("1990-12-31T23:59:60Z", 662_687_999),
        ("1990-12-31T15:59:60-08:00", 662_687_999),
        ("1937-01-01T12:00:27.87+00:20", -1_041_337_173),
        ("2018-10-02t15:00:00z", 1_538_492_400),
    ] {
        let moment = Moment::parse(text).unwrap();
        assert_eq!((moment.as_str(), moment.unix_seconds()), (text, seconds));
    }
}

#[test]
fn what_is_no_moment() {
    for text in [
        "",
        "2018-10-02",
        "2018-10-02T15:00:00",
        "2018-10-02 15:00:00Z",
        "2018-10-02T15:00Z",
        "2018-10-02T24:00:00Z",
        "2018-10-02T15:60:00Z",
        "2018-10-02T15:00:61Z",
        "2018-10-02T15:00:00.Z",
        "2018-10-02T15:00:00+0200",
        "2018-10-02T15:00:00+24:00",
        "2018-02-29T15:00:00Z",
        "2018-10-02T15:00:00Zz",
        "2018-10-02T1:00:000Z",
        "2018-10-02T15:00:00\u{ff3a}",
        "+018-10-02T15:00:00Z",
        "2018-10-02T15:00:00.00000000000000000000000000000000000000000000000000Z",
    ] {
        assert!(Moment::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn as_jiff_reads_it(seconds in -2_208_988_800_i64..7_258_118_400, offset in -23..24_i64) {
        let at = jiff::Timestamp::from_second(seconds).unwrap();
        let local = jiff::Timestamp::from_second(seconds.saturating_add(offset.saturating_mul(3_600))).unwrap();
        let sign = if offset < 0 { '-' } else { '+' };
        let text = format!("{}{sign}{:02}:00", local.to_string().trim_end_matches('Z'), offset.abs());
        match Moment::parse(&text) {
            Ok(moment) => prop_assert_eq!(moment.unix_seconds(), at.as_second()),
            // Years that the local clock has and we do not.
            Err(_) => prop_assert!(!(1900..2200).contains(&text.get(..4).unwrap().parse::<i32>().unwrap_or(0))),
        }
        prop_assert_eq!(Moment::parse(&at.to_string()).map(|moment| moment.unix_seconds()), Ok(seconds));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        if let Ok(moment) = Moment::parse(&text) {
            prop_assert!(text.parse::<jiff::Timestamp>().is_ok(), "{}", moment);
        }
    }
}
