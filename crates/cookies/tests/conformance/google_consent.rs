//! Consent Mode in traffic. Google does not publish the spelling; the expected values are those on
//! which published descriptions by practitioners agree.

use upheld_cookies::google_consent::{GoogleConsent, Told};

#[test]
fn the_short_form() {
    use Told::{Denied, Granted, Unset};
    for (text, ad, analytics) in [
        ("G100", Denied, Denied),
        ("G101", Denied, Granted),
        ("G110", Granted, Denied),
        ("G111", Granted, Granted),
        ("G1--", Unset, Unset),
    ] {
        let told = GoogleConsent::of_gcs(text).unwrap();
        assert_eq!((told.ad_storage, told.analytics_storage), (ad, analytics), "{text}");
        assert_eq!(told.ad_user_data, Unset);
    }
    for text in ["", "G1", "G102", "g111", "G1111", "G211"] {
        assert_eq!(GoogleConsent::of_gcs(text), None, "{text}");
    }
}

#[test]
fn the_long_form() {
    use Told::{Denied, Granted, Unset};
    for (text, expected) in [
        ("11l1l1l1l1", [Unset; 4]),
        ("11p1p1p1p5", [Denied; 4]),
        ("11t1t1t1t5", [Granted; 4]),
        ("13r3r3r2r5", [Granted; 4]),
        ("13q3q3q2q5", [Denied; 4]),
        ("11p1t1l1u5", [Denied, Granted, Unset, Denied]),
        ("13l3l3l3l1l1", [Unset; 4]),
    ] {
        let told = GoogleConsent::of_gcd(text).unwrap().purposes();
        assert_eq!(told.map(|(_, told)| told), expected, "{text}");
    }
    for text in ["", "11", "11p1p1p1", "1pp1p1p1p5", "11x1p1p1p5", "11é1p1p1p5"] {
        assert_eq!(GoogleConsent::of_gcd(text), None, "{text}");
    }
}

#[test]
fn addresses() {
    let of = GoogleConsent::of_url;
    let told =
        of("https://www.google.com/pagead/1p-user-list/1/?gcs=G111&gcd=13l3p3l3l1#x").unwrap();
    assert_eq!((told.ad_storage, told.analytics_storage), (Told::Granted, Told::Denied));
    assert!(of("https://ad.doubleclick.net/activity;gcs=G100").is_none());
    assert!(of("https://ad.doubleclick.net/activity?src=1;gcs=G100;ord=1").is_some());
    assert!(
        of("https://clinic.example/").is_none()
            && of("https://clinic.example/?gcsx=G100").is_none()
    );
}
