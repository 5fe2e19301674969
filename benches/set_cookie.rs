//! Reading `Set-Cookie` header fields.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use upheld_cookies::SetCookie;
use url::Url;

mod settings;

/// As frameworks, advertisers and proxies write them; 105 bytes each on average, half of them
/// with a date.
const HEADERS: [&str; 16] = [
    "PHPSESSID=8q1v5s0k9t3m2n7b4c6x; path=/; HttpOnly",
    "JSESSIONID=0A1B2C3D4E5F60718293A4B5C6D7E8F9; Path=/app; Secure; HttpOnly",
    "connect.sid=s%3AfZ0lJ9.x1y2z3a4b5c6d7e8f9; Path=/; Expires=Wed, 25 Nov 2026 10:18:14 GMT; HttpOnly",
    "csrftoken=Zk3b9QxT7v1Lr5Wm; expires=Tue, 23 Nov 2027 02:34:00 GMT; Max-Age=31449600; Path=/; SameSite=Lax",
    "laravel_session=eyJpdiI6IjEyMzQ1Njc4OTAiLCJ2YWx1ZSI6ImFiY2RlZiJ9; expires=Tue, 24 Nov 2026 04:34:00 GMT; Max-Age=7200; path=/; httponly; samesite=lax",
    "__cf_bm=K3v9b2x.7QmZr1LwTy5-1795500000-1.0.1.1-0a1b2c3d; path=/; expires=Tue, 24-Nov-26 03:04:00 GMT; domain=.clinic.example; HttpOnly; Secure; SameSite=None",
    "_ga=GA1.2.1234567890.1795500000; path=/; expires=Thu, 23 Nov 2028 02:34:00 GMT; domain=clinic.example",
    "IDE=AHWqTUm1a2b3c4d5e6f7; expires=Sat, 18-Dec-2027 02:34:00 GMT; path=/; domain=.doubleclick.net; Secure; HttpOnly; SameSite=none",
    "__adroll=0a1b2c3d4e5f60718293a4b5c6d7e8f9; Version=1; Expires=Fri, 24-Dec-2027 02:34:00 GMT; Max-Age=34128000; Domain=.adroll.com; Path=/; SameSite=None; Secure",
    "AWSALB=Qx1y2z3; Expires=Tue, 01 Dec 2026 02:34:00 GMT; Path=/",
    "AWSALBCORS=Qx1y2z3; Expires=Tue, 01 Dec 2026 02:34:00 GMT; Path=/; SameSite=None; Secure",
    "lang=en-GB; Path=/; Max-Age=31536000",
    "__Host-session=31d4d96e407aad4231d4d96e407aad42; Path=/; Secure; HttpOnly; SameSite=Strict",
    "theme=dark; path=/",
    "old=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/; domain=clinic.example",
    "muid=1A2B3C4D5E6F60718293A4B5C6D7E8F9; domain=.bing.example; expires=Sun, 19-Dec-2027 02:34:00 GMT; path=/; SameSite=None; Secure; Priority=High",
];

fn main() {
    let url = Url::parse("https://www.clinic.example/").expect("a URL");
    for header in HEADERS {
        let ours = SetCookie::parse(header.as_bytes()).expect("a cookie");
        let theirs = cookie::Cookie::parse(header).expect("a cookie");
        assert_eq!(ours.name(), theirs.name().as_bytes());
        assert_eq!(ours.value(), theirs.value().as_bytes());
        assert_eq!(
            ours.max_age(),
            theirs.max_age().map(cookie::time::SignedDuration::whole_seconds)
        );
        let expires = theirs.expires_datetime().map(cookie::time::OffsetDateTime::unix_timestamp);
        assert_eq!(ours.expires().map(|moment| moment.0), expires, "{header}");
    }

    let mut criterion = settings::criterion();
    let mut group = criterion.benchmark_group("set-cookie");
    group.bench_function("upheld", |b| {
        b.iter(|| {
            let read = |header: &&str| SetCookie::parse(black_box(header.as_bytes())).is_ok();
            HEADERS.into_iter().filter(read).count()
        });
    });
    group.bench_function("cookie 0.18", |b| {
        b.iter(|| {
            let read = |header: &&str| cookie::Cookie::parse(black_box(*header)).is_ok();
            HEADERS.into_iter().filter(read).count()
        });
    });
    group.bench_function("cookie_store 0.22", |b| {
        b.iter(|| {
            let read = |header: &&str| {
                // It refuses domains other than the URL's; what it read by then counts.
                black_box(cookie_store::Cookie::parse(black_box(*header), &url)).ok();
                true
            };
            HEADERS.into_iter().filter(read).count()
        });
    });
    group.finish();
    criterion.final_summary();
}
