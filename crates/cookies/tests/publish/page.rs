//! The policy page of the example clinic.

use upheld_cookies::publish::{PolicyPage, gpc_file};

use super::{CLINIC, clinic, day, text_of};
use upheld_cookies::policy::Policy;

#[test]
fn the_same_declaration_gives_the_same_bytes() {
    let (one, other) = (clinic(), clinic());
    let pages = |policy| {
        let page = PolicyPage::new(policy, day("2026-11-27"));
        [page.html_page(), page.html_fragment(), page.markdown(), page.json()]
    };
    assert_eq!(pages(&one), pages(&other));
    // The day itself is on no page: until an opt-out lapses, later days give the same.
    let later = PolicyPage::new(&one, day("2027-05-20"));
    assert_eq!(later.html_page(), pages(&one)[0]);
    assert_eq!(later.json(), pages(&one)[3]);
}

/// A catalogue of gettext answers no words with its own header.
#[test]
fn nobody_is_asked_to_translate_nothing() {
    let policy = clinic();
    let page = PolicyPage::new(&policy, day("2026-11-27"));
    let say = |english: &str| {
        assert_ne!(english.trim(), "");
        None
    };
    assert_eq!(page.html_fragment_in("en", &say), page.html_fragment());
    assert!(!page.html_opt_out_in("en", &say).is_empty());
}

#[test]
fn a_lapsed_opt_out_is_no_link() {
    let policy = clinic();
    let link = "<a href=\"https://youradchoices.com/\">";
    let before = PolicyPage::new(&policy, day("2027-05-20"));
    assert!(before.html_fragment().contains(link));
    assert!(!before.markdown().contains("May no longer work"));
    let after = PolicyPage::new(&policy, day("2027-05-21"));
    assert!(!after.html_fragment().contains(link));
    assert!(
        text_of(&after.html_fragment())
            .contains("May no longer work. It is at https://youradchoices.com/")
    );
    assert!(after.markdown().contains("**May no longer work.**"));
    let json: serde_json::Value = serde_json::from_str(&after.json()).unwrap();
    assert_eq!(json["opt_outs"][1]["relied_on"], false);
}

#[test]
fn everything_that_adroll_asks_for_is_there() {
    // RollWorks and AdRoll Help Centre, "Privacy Policy Requirements": kinds of data, use, opt-out.
    let policy = clinic();
    let page = text_of(&PolicyPage::new(&policy, day("2026-11-27")).html_fragment());
    for statement in policy.vendors()[0].profile.unwrap().statements() {
        assert!(page.contains(statement.text), "{}", statement.about);
    }
    //= W3C GPC, semantics: the signal refuses sale, sharing and targeted advertising, and consents to nothing
    assert!(
        page.contains("Global Privacy Control is honoured: while your browser sends it, nothing")
    );
    for told in ["NextRoll's own opt-out", "https://www.nextroll.com/privacy", "IP address"] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn grounds_are_told_by_jurisdiction() {
    //= PECR, regulation 6: consent, or one of the exceptions of Schedule A1
    let policy = clinic();
    let markdown = PolicyPage::new(&policy, day("2026-11-27")).markdown();
    let part = |from: &str, to: &str| {
        let (_, rest) = markdown.split_once(from).unwrap();
        rest.split_once(to).unwrap().0.to_owned()
    };
    let (uk, eea) = (
        part("### United Kingdom", "### European"),
        part("### European Economic Area", "### France"),
    );
    let line = |part: &str, start: &str| {
        part.lines().find(|line| line.starts_with(start)).map(ToOwned::to_owned)
    };
    assert_eq!(
        line(&uk, "| No consent needed: statistics").as_deref(),
        Some("| No consent needed: statistics to improve the service; you can object | `visits` |")
    );
    assert_eq!(line(&eea, "| No consent needed: statistics"), None);
    assert!(line(&eea, "| Your consent").unwrap().contains("`visits`"));
    assert!(!line(&uk, "| Your consent").unwrap().contains("`visits`"));
    // A claim that the law there does not have is on no page: UK law's ground does not move to the EEA.
    assert!(part("### California", "## ").contains("| Used until you opt out |"));
}

#[test]
fn structure_for_those_who_cannot_see_it() {
    let policy = clinic();
    let html = PolicyPage::new(&policy, day("2026-11-27")).html_page();
    //= WCAG 2.2, 3.1.1: the language of the page is told
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"));
    //= WCAG 2.2, 2.4.2: a page has a title that says what it is
    assert!(html.contains("<title>Cookies and similar technologies: Elm Street Clinic</title>"));
    //= WCAG 2.2, 1.4.10: no scrolling sideways at 320 pixels
    assert!(html.contains("width=device-width") && html.contains("overflow-wrap: anywhere"));
    //= WCAG 2.2, 1.3.1: headings are elements, and a section's follows its parent's by one level
    let levels: Vec<usize> = html
        .match_indices("<h")
        .filter_map(|(at, _)| html.get(at + 2..at + 3)?.parse().ok())
        .collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    //= WCAG 2.2, 1.3.1: a table has a caption, and its headings say what they head
    let tables = html.matches("<table>").count();
    assert!(tables > 4 && tables == html.matches("<table>\n<caption>").count());
    assert!(!html.contains("<th>") && html.contains("<th scope=\"row\">"));
    // Ids are unique, and every link within the page leads somewhere.
    let values = |start: &str| -> Vec<String> {
        let parts = html.split(start).skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    };
    let mut ids = values(" id=\"");
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
    for target in values("href=\"#") {
        assert!(ids.contains(&target), "{target}");
    }
}

#[test]
fn another_language_is_marked() {
    //= WCAG 2.2, 3.1.2: the language of a part is told where it is another
    let policy = Policy::parse_toml(&CLINIC.replace("\"en\"", "\"de\"")).unwrap();
    let html = PolicyPage::new(&policy, day("2026-11-27")).html_page();
    assert!(html.contains("<bdi lang=\"de\">Counts visits"));
    assert!(html.contains("<html lang=\"en\">"));
    for wrong in ["d", "de_AT", "de\\\" onload=\\\"x", "", "de-"] {
        let error = Policy::parse_toml(&CLINIC.replace("\"en\"", &format!("\"{wrong}\"")));
        assert!(error.unwrap_err().to_string().contains("a tag as in en or de-AT"), "{wrong}");
    }
    //= WCAG 2.2, 2.5.8: what can be pressed is large enough, or far enough from the next
    assert!(!html.contains("</a>, <a href=\"#cookies-item"));
}

#[test]
fn what_is_retired_stands_apart() {
    let policy = clinic();
    let markdown = PolicyPage::new(&policy, day("2026-11-27")).markdown();
    let (used, retired) = markdown.split_once("## No longer used").unwrap();
    assert!(!used.contains("prefs.sol") && retired.contains("| `prefs.sol` | Flash cookie |"));
    assert!(used.contains("Flash ended on 31 December 2020"));
}

#[test]
fn the_gpc_file() {
    //= W3C GPC, GPC support resource: `gpc` is true on a site that heeds the signal
    //= W3C GPC, GPC support resource: `lastUpdate` is when that was last said
    let file: serde_json::Value = serde_json::from_str(&gpc_file(&clinic()).unwrap()).unwrap();
    assert_eq!(file, serde_json::json!({ "gpc": true, "lastUpdate": "2026-11-23" }));
    let silent = CLINIC.replace("gpc_file = true", "gpc_file = false");
    assert_eq!(gpc_file(&Policy::parse_toml(&silent).unwrap()), None);
    // The lint for such files finds nothing wrong with it.
    let file = gpc_file(&clinic()).unwrap();
    assert!(upheld_cookies::lint::lint_gpc_file(&clinic(), Some(file.as_bytes())).is_none());
}

#[test]
fn a_description_that_begins_like_a_list_is_none() {
    let old = "description = \"";
    for (said, escaped) in [("1) not a list", "1\\) not a list"), ("2. nor this", "2\\. nor this")]
    {
        let text = CLINIC.replacen(old, &format!("{old}{said} "), 1);
        let policy = Policy::parse_toml(&text).unwrap();
        let page = PolicyPage::new(&policy, day("2026-11-27")).markdown();
        assert!(page.contains(escaped), "{page}");
    }
}
