//! Each rule that traffic can break, broken and kept.

use upheld_cookies::audit::{Mark, Phase, Timeline, audit};
use upheld_cookies::har::UnixMillis;
use upheld_cookies::lint::{Code, Severity};
use upheld_cookies::policy::Policy;
use upheld_cookies::sol::SharedObject;
use upheld_cookies::{Day, PublicSuffixes};

use super::{Exchange, GIF, clinic, codes, findings, get, observe};

const NONE: [&str; 0] = [];
const SESSION: &[&str] = &["__Host-session=1; Path=/; Secure; HttpOnly"];
const VISITS: &[&str] = &["visits=1; Path=/; Max-Age=31536000"];

fn before(exchanges: &[Exchange]) -> Vec<String> {
    codes(&clinic(), Phase::BeforeChoice, exchanges)
}

//= Directive 2002/58/EC, Article 5(3): nothing without consent, but for exceptions
#[test]
fn what_needs_consent_waits_for_the_choice() {
    let page = get("https://clinic.example/");
    assert_eq!(before(&[page.setting(SESSION)]), NONE);
    // Exempt in the UK and France, and so lawful there; not in the rest of the EEA.
    assert_eq!(before(&[page.setting(VISITS)]), ["CL01 visits"]);
    let found =
        findings(&clinic(), &[(Timeline::always(Phase::BeforeChoice), &[page.setting(VISITS)])]);
    let message = "`visits` is set before a choice, and needs consent in eea";
    assert_eq!(found[0].finding.message, message);
    assert_eq!(found[0].evidence.as_ref().unwrap().entry, 1);
    // A cookie that a script set shows when it is sent.
    assert_eq!(before(&[page.with("__adroll_fpc=1")]), ["CL01 __adroll_fpc"]);
    assert_eq!(codes(&clinic(), Phase::Accepted, &[page.setting(VISITS)]), NONE);
}

#[test]
fn where_the_law_asks_for_an_opt_out_nothing_waits() {
    let text = "schema = 1\nsite = { hosts = ['a.example'], jurisdictions = ['us-ca'], updated = '2026-01-01' }\n\
                [[item]]\nname = 'x'\nkind = 'http-cookie'\npurposes = ['advertising']\nbasis = 'opt-out'\nlifetime = '1d'\n";
    let policy = Policy::parse_toml(text).unwrap();
    let page = get("https://a.example/").setting(&["x=1; Max-Age=60"]);
    assert_eq!(codes(&policy, Phase::BeforeChoice, &[page]), NONE);
    assert_eq!(codes(&policy, Phase::Refused, &[page]), ["CL14 x"]);
}

#[test]
fn what_is_not_declared() {
    let page = get("https://clinic.example/").setting(&["odd=1"]);
    assert_eq!(before(&[page]), ["CL02 odd"]);
    // Retired is not in use.
    let text = include_str!("../policies/clinic.toml").replace(
        "name = \"theme\"\nkind = \"http-cookie\"",
        "name = \"theme\"\nkind = \"http-cookie\"\nstatus = \"retired\"",
    );
    let policy = Policy::parse_toml(&text).unwrap();
    let page = get("https://clinic.example/").setting(&["theme=dark"]);
    assert_eq!(codes(&policy, Phase::Accepted, &[page]), ["CL02 theme"]);
}

//= CJEU C-673/17 Planet49, paragraph 81: no longer than was told
#[test]
fn what_stays_too_long() {
    let set =
        |set| codes(&clinic(), Phase::Accepted, &[get("https://clinic.example/").setting(set)]);
    assert_eq!(set(&["visits=1; Path=/; Max-Age=31536000"]), NONE);
    assert_eq!(set(&["visits=1; Path=/; Max-Age=31536300"]), NONE);
    assert_eq!(set(&["visits=1; Path=/; Max-Age=31540000"]), ["CL04 visits"]);
    assert_eq!(set(&["visits=1; Path=/; Expires=Sat, 27 Nov 2027 12:00:00 GMT"]), NONE);
    assert_eq!(set(&["visits=1; Path=/; Expires=Mon, 29 Nov 2027 12:00:00 GMT"]), ["CL04 visits"]);
    assert_eq!(set(&["__Host-session=1; Path=/; Secure; Max-Age=60"]), ["CL04 __Host-session"]);
    // Browsers keep it for 400 days, whatever is asked for.
    let text = include_str!("../policies/clinic.toml").replacen(
        "lifetime = \"365d\"",
        "lifetime = \"400d\"",
        1,
    );
    let policy = Policy::parse_toml(&text).unwrap();
    let page = get("https://clinic.example/").setting(&["theme=1; Max-Age=999999999"]);
    assert_eq!(codes(&policy, Phase::Accepted, &[page]), NONE);
}

#[test]
fn what_is_never_seen_and_could_have_been() {
    let never = |phase| {
        let page: &[Exchange] = &[get("https://clinic.example/").setting(SESSION)];
        let found = findings(&clinic(), &[(Timeline::always(phase), page)]);
        let subjects = found.into_iter().filter(|found| found.finding.code == Code::NeverObserved);
        subjects.map(|found| found.finding.subject.unwrap()).collect::<Vec<_>>()
    };
    // Before a choice, what waits for it cannot be missed.
    assert_eq!(never(Phase::BeforeChoice), ["__Host-consent"]);
    let after = ["__Host-consent", "theme", "visits", "__adroll_fpc", "__ar_v4", "d.adroll.com/*"];
    assert_eq!(never(Phase::Accepted), after);
}

//= CJEU C-673/17 Planet49, paragraph 81: whether third parties have access, and by the ICO which
#[test]
fn third_parties_that_are_not_named() {
    let fonts = get("https://fonts.stranger.example/a.css");
    let of_fonts = findings(&clinic(), &[(Timeline::always(Phase::Accepted), &[fonts])]);
    let found =
        of_fonts.iter().find(|found| found.finding.code == Code::UnnamedThirdParty).unwrap();
    let (subject, severity) = (found.finding.subject.as_deref(), found.finding.severity);
    assert_eq!((subject, severity), (Some("stranger.example"), Severity::Note));
    // With a cookie it is more than an address.
    let found =
        findings(&clinic(), &[(Timeline::always(Phase::Accepted), &[fonts.setting(&["t=1"])])]);
    let found = found.iter().find(|found| found.finding.code == Code::UnnamedThirdParty).unwrap();
    assert_eq!(found.finding.severity, Severity::Error);
    let named =
        get("https://s.adroll.com/j/roundtrip.js").containing(r#"{"mimeType":"text/javascript"}"#);
    assert_eq!(codes(&clinic(), Phase::Accepted, &[named]), NONE);
}

//= WP 194, section 3: what follows people from site to site is not exempt
#[test]
fn an_exception_claimed_for_advertising() {
    let item = |domain: &str| {
        format!(
            "{}\n[[vendor]]\nid = 'v'\nname = 'V'\ndomains = ['*.{domain}']\n[[item]]\nname = 'IDE'\nkind = 'http-cookie'\n\
             vendor = 'v'\npurposes = ['security']\nbasis = 'strictly-necessary'\nlifetime = '400d'\n",
            include_str!("../policies/clinic.toml")
        )
    };
    let policy = Policy::parse_toml(&item("doubleclick.net")).unwrap();
    let ad = get("https://ad.g.doubleclick.net/x")
        .setting(&["IDE=1; Domain=.doubleclick.net; SameSite=None; Secure"]);
    let found = codes(&policy, Phase::Accepted, &[ad]);
    assert!(found.contains(&"CL07 IDE".to_owned()), "{found:?}");
    let policy = Policy::parse_toml(&item("chat.example")).unwrap();
    let chat = get("https://w.chat.example/x");
    let across = chat.setting(&["IDE=1; SameSite=None; Secure"]);
    assert_eq!(codes(&policy, Phase::Accepted, &[across]), ["CL07 IDE"]);
    assert_eq!(codes(&policy, Phase::Accepted, &[chat.setting(&["IDE=1"])]), NONE);
}

#[test]
fn what_survives_withdrawal() {
    let clicked = UnixMillis::parse(b"2026-11-27T12:00:02Z").unwrap();
    let timeline = Timeline::always(Phase::Accepted).then(Mark::Moment(clicked), Phase::Withdrawn);
    let visit = |withdraw: Exchange, last: Exchange| {
        let page = get("https://clinic.example/");
        let exchanges = [page.setting(VISITS), page.with("visits=1"), withdraw, last];
        let found = findings(&clinic(), &[(timeline.clone(), &exchanges)]);
        let codes = found
            .iter()
            .map(|found| found.finding.code)
            .filter(|code| *code != Code::NeverObserved);
        codes.collect::<Vec<Code>>()
    };
    // The request that withdraws carries the cookie still; what comes after must not.
    let withdraw = get("https://clinic.example:8443/withdraw").with("visits=1");
    let page = get("https://clinic.example/");
    assert_eq!(visit(withdraw.setting(&["visits=; Path=/; Max-Age=0"]), page), []);
    assert_eq!(visit(withdraw, page.with("visits=1")), [Code::SurvivesWithdrawal]);
    let misses = withdraw.setting(&["visits=; Path=/staff; Max-Age=0"]);
    let expected = [Code::SurvivesWithdrawal, Code::RemovalMisses];
    assert_eq!(visit(misses, page.with("visits=1")), expected);
    // Set anew after all.
    assert_eq!(visit(withdraw.setting(VISITS), page), [Code::SurvivesWithdrawal]);
    // What is strictly necessary stays.
    let session = get("https://clinic.example/").with("__Host-session=1");
    assert_eq!(visit(withdraw.setting(&["visits=; Path=/; Max-Age=0"]), session), []);
}

//= EDPB Guidelines 2/2023, section 3: a beacon is access to the device
#[test]
fn beacons_wait_as_well() {
    let pixel = get("https://d.adroll.com/cm/x/out?advertisable=ABCDEFGHIJKL").containing(GIF);
    assert_eq!(before(&[get("https://clinic.example/"), pixel]), ["CL22 d.adroll.com/*"]);
    assert_eq!(codes(&clinic(), Phase::Accepted, &[pixel]), NONE);
    let ping = get("https://clinic.example/told").saying(r#""_resourceType":"ping","#);
    assert_eq!(codes(&clinic(), Phase::Accepted, &[ping]), ["CL02 clinic.example/told"]);
    // Declared by what it is for, and known by how its address begins.
    let opened = get("https://mail.clinic.example/wf/open?upn=1").containing(GIF);
    assert_eq!(before(&[opened]), ["CL22 appointment-opened"]);
}

#[test]
fn flash_cookies() {
    let file =
        [&b"\x00\xBF\x00\x00\x00\x15TCSO\x00\x04\x00\x00\x00\x00\x00\x05prefs\x00\x00\x00\x00"[..]]
            .concat();
    let object = SharedObject::parse(&file);
    // 4 + 6 + 2 + 5 + 3 + 1 bytes follow the length.
    let object = object.unwrap();
    let policy = clinic();
    let mut observer =
        upheld_cookies::audit::Observer::new(PublicSuffixes, policy.site().hosts.clone());
    observer.see_shared_object(&object, "clinic.example", "a/prefs.sol").unwrap();
    let found = audit(&policy, &observer.into_inventory(), Day::parse("2026-11-27").unwrap());
    let flash: Vec<_> = found.iter().filter(|found| found.finding.code == Code::Flash).collect();
    assert_eq!(flash.len(), 1);
    assert_eq!(flash[0].finding.subject.as_deref(), Some("prefs.sol"));
    assert_eq!(flash[0].evidence.as_ref().unwrap().recording, "a/prefs.sol");
    let played = get("https://clinic.example/film.swf")
        .containing(r#"{"mimeType":"application/x-shockwave-flash"}"#);
    assert_eq!(before(&[played]), ["CL23 clinic.example/film.swf"]);
}

#[test]
fn what_google_is_told() {
    let hit = |url| get(url).saying(r#""_resourceType":"fetch","#);
    let granted = hit("https://region1.google-analytics.com/g/collect?v=2&gcs=G111&gcd=13r3r3r3r5");
    let denied = hit("https://region1.google-analytics.com/g/collect?v=2&gcs=G100&gcd=13p3p3p3p5");
    let of_google = |phase, exchange| {
        let found = codes(&clinic(), phase, &[exchange]);
        found.into_iter().filter(|words| words.ends_with("Consent Mode")).collect::<Vec<_>>()
    };
    assert_eq!(of_google(Phase::BeforeChoice, granted), ["CL01 Consent Mode"]);
    assert_eq!(of_google(Phase::Refused, granted), ["CL14 Consent Mode"]);
    assert_eq!(of_google(Phase::Accepted, granted), NONE);
    assert_eq!(of_google(Phase::BeforeChoice, denied), NONE);
    let stranger = hit("https://stranger.example/?gcs=G111");
    assert_eq!(of_google(Phase::BeforeChoice, stranger), NONE);
    let inventory = observe(&clinic(), &[(Timeline::always(Phase::Refused), &[granted, granted])]);
    assert_eq!(inventory.told_google().len(), 1);
}

#[test]
fn what_is_put_up_with_is_left_out() {
    let suppress = "\n[[suppress]]\ncode = \"CL01\"\nsubject = \"visits\"\nreason = \"until the release\"\nuntil = \"2026-12-01\"\n";
    let policy =
        Policy::parse_toml(&format!("{}{suppress}", include_str!("../policies/clinic.toml")))
            .unwrap();
    let page: &[Exchange] = &[get("https://clinic.example/").setting(VISITS)];
    assert_eq!(codes(&policy, Phase::BeforeChoice, page), NONE);
    let inventory = observe(&policy, &[(Timeline::always(Phase::BeforeChoice), page)]);
    let later = audit(&policy, &inventory, Day::parse("2026-12-02").unwrap());
    assert!(later.iter().any(|found| found.finding.code == Code::BeforeChoice));
}
