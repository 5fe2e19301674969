//! What Google's tags are to be told. The names, the words and the calls are those of Google's guide
//! "Set up consent mode on websites".

use serde_json::{Value, json};
use upheld_cookies::google_consent::{GoogleConsent, Told};
use upheld_cookies::policy::{Jurisdiction, Policy};
use upheld_cookies::signals::Signals;
use upheld_cookies::{Choice, UnixSeconds, Visit};

/// 2026-11-24, midnight.
const NOW: UnixSeconds = UnixSeconds(1_795_478_400);

const POLICY: &str = r#"
schema = 1
[site]
hosts = ["clinic.example"]
jurisdictions = ["uk", "eea"]
updated = "2026-11-23"
[[item]]
name = "visits"
kind = "http-cookie"
purposes = ["statistics"]
basis = { default = "consent", uk = "statistics" }
lifetime = "30d"
[[item]]
name = "_ga"
kind = "js-cookie"
purposes = ["statistics"]
lifetime = "400d"
[[item]]
name = "_gcl_au"
kind = "js-cookie"
purposes = ["ad-measurement"]
lifetime = "90d"
[[item]]
name = "IDE"
kind = "http-cookie"
purposes = ["advertising"]
domains = ["doubleclick.net"]
lifetime = "400d"
"#;

const ALL: [&str; 3] = ["statistics", "ad-measurement", "advertising"];

fn policy() -> Policy {
    Policy::parse_toml(POLICY).unwrap()
}

fn chosen(granted: &[&str]) -> Visit<'static> {
    let choice = Choice::made(&policy(), granted, NOW);
    Visit::new(Some(Jurisdiction::Uk), NOW).with_choice(choice)
}

fn told(visit: &Visit<'_>) -> [Told; 4] {
    GoogleConsent::of_visit(&policy(), visit).purposes().map(|(_, told)| told)
}

#[test]
fn what_was_chosen_is_told() {
    use Told::{Denied, Granted};
    assert_eq!(told(&Visit::new(Some(Jurisdiction::Uk), NOW)), [Denied; 4]);
    assert_eq!(told(&chosen(&[])), [Denied; 4]);
    assert_eq!(told(&chosen(&ALL)), [Granted; 4]);
    assert_eq!(told(&chosen(&["statistics"])), [Denied, Granted, Denied, Denied]);
    // Storage for measuring is that for advertising as well, which was refused.
    assert_eq!(told(&chosen(&["ad-measurement"])), [Denied; 4]);
    assert_eq!(told(&chosen(&["advertising"])), [Denied, Denied, Denied, Granted]);
}

#[test]
fn what_the_gate_denies_is_denied_to_google() {
    use Told::{Denied, Granted};
    let with_signal = chosen(&ALL).with_signals(Signals::none().with_sec_gpc([&b"1"[..]]));
    assert_eq!(told(&with_signal), [Denied, Granted, Denied, Denied]);
    let old = Choice::made(&policy(), &ALL, UnixSeconds(NOW.0 - 800 * 86_400));
    assert_eq!(told(&Visit::new(None, NOW).with_choice(old)), [Denied; 4]);
    assert_eq!(told(&Visit::new(None, NOW).with_choice(Choice::unknown())), [Denied; 4]);
    // A policy that declares nothing of the kind agrees to nothing, and retired items do not count.
    let retired = POLICY.replace("lifetime", "status = \"retired\"\nlifetime");
    let retired = Policy::parse_toml(&retired).unwrap();
    let visit = Visit::new(None, NOW).with_choice(Choice::made(&retired, &ALL, NOW));
    let none = GoogleConsent::of_visit(&retired, &visit);
    assert!(none.purposes().iter().all(|(_, told)| *told == Denied));
}

#[test]
fn the_calls() {
    let policy = policy();
    let default = GoogleConsent::of_visit(&policy, &Visit::new(None, NOW));
    let call = default.to_gtag_default(Some(500));
    let object = call.strip_prefix("gtag(\"consent\",\"default\",").unwrap();
    let object: Value = serde_json::from_str(object.strip_suffix(");").unwrap()).unwrap();
    let denied = json!({
        "ad_storage": "denied",
        "ad_user_data": "denied",
        "ad_personalization": "denied",
        "analytics_storage": "denied",
        "wait_for_update": 500
    });
    assert_eq!(object, denied);
    assert!(!default.to_gtag_default(None).contains("wait_for_update"));

    let update = GoogleConsent::of_visit(&policy, &chosen(&ALL));
    let object: Value = serde_json::from_str(&update.to_json()).unwrap();
    assert!(object.as_object().unwrap().values().all(|word| word == "granted"));
    assert_eq!(
        update.to_gtag_update(),
        format!("gtag(\"consent\",\"update\",{});", update.to_json())
    );
    // Nothing told is an empty object, which changes nothing.
    assert_eq!(GoogleConsent::default().to_json(), "{}");
}

#[test]
fn the_short_form_is_read_as_it_was_written() {
    for text in ["G100", "G101", "G110", "G111", "G1--"] {
        assert_eq!(GoogleConsent::of_gcs(text).unwrap().to_gcs().as_deref(), Some(text));
    }
    let half = GoogleConsent { ad_storage: Told::Granted, ..GoogleConsent::default() };
    assert_eq!(half.to_gcs(), None);
}
