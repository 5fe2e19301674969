//! The configuration of a banner. What the libraries make of it, `cargo xtask e2e cookies` tries.

use upheld_cookies::policy::Policy;
use upheld_cookies::publish::BannerConfig;

use super::{CLINIC, clinic};

#[test]
fn what_needs_no_choice_is_required_and_not_removed() {
    let banner = BannerConfig::of(&clinic());
    let required: Vec<(&str, bool)> =
        banner.categories.iter().map(|one| (&*one.id, one.required)).collect();
    assert!(required.contains(&("authentication", true)));
    assert!(required.contains(&("record-choice", true)));
    assert!(
        required.contains(&("retargeting", false)) && required.contains(&("statistics", false))
    );
    for category in banner.categories.iter().filter(|category| category.required) {
        assert!(category.items.iter().all(|item| !item.removable), "{}", category.id);
    }
    let advertising = banner.categories.iter().find(|one| one.id == "retargeting").unwrap();
    let removable: Vec<(&str, bool)> =
        advertising.items.iter().map(|item| (&*item.name, item.removable)).collect();
    assert_eq!(removable, [("__adroll_fpc", true), ("__ar_v4", true), ("d.adroll.com/*", false)]);
    assert_eq!(advertising.items[0].domains, ["clinic.example"]);
}

#[test]
fn refusing_has_the_weight_of_accepting() {
    //= EDPB Cookie Banner Taskforce, paragraph 8: refusing stands where accepting does
    let banner = BannerConfig::of(&clinic());
    assert_eq!(banner.first_layer, ["accept", "reject", "settings"]);
    // Whatever the declaration says of the banner there is now.
    let dark = CLINIC
        .replace("equal_weight = true", "equal_weight = false\npreselected = [\"retargeting\"]")
        .replace("\"first-layer\"", "\"nowhere\"");
    let of_dark = BannerConfig::of(&Policy::parse_toml(&dark).unwrap());
    assert_eq!(of_dark.to_cookieconsent(), banner.to_cookieconsent());
    assert_eq!(of_dark.to_klaro(), banner.to_klaro());
    assert_eq!(banner.to_cookieconsent().matches("\"equalWeightButtons\": true").count(), 2);
}

#[test]
fn the_revision_follows_what_is_material() {
    let revision = |text: &str| BannerConfig::of(&Policy::parse_toml(text).unwrap()).revision;
    let before = revision(CLINIC);
    assert_eq!(revision(&CLINIC.replace("Counts visits", "Counts all visits")), before);
    assert_ne!(revision(&CLINIC.replace("\"182d\"", "\"183d\"")), before);
}

#[test]
fn patterns_are_expressions_for_the_same_names() {
    let text = CLINIC.replace("name = \"visits\"", "name = \"vi.sits+*(1)\"");
    let banner = BannerConfig::of(&Policy::parse_toml(&text).unwrap());
    let expected = r#"new RegExp("^vi\\.sits\\+.*\\(1\\)$")"#;
    assert!(banner.to_cookieconsent().contains(expected), "{}", banner.to_cookieconsent());
    assert!(banner.to_klaro().contains(expected));
}

#[test]
fn names_that_each_library_can_keep() {
    let banner = BannerConfig::of(&clinic());
    assert!(
        banner.to_cookieconsent().contains("\"name\": \"__Host-consent\",\n    \"domain\": \"\"")
    );
    assert!(banner.to_klaro().contains("\"cookieName\": \"consent\""));
    assert_eq!(banner.cookie.days, 182);
}
