//! Nothing that is declared is missing from a page, and nothing that is declared is more than text.

use proptest::prelude::*;
use serde_json::{Value, json};
use upheld_cookies::policy::Policy;
use upheld_cookies::publish::{BannerConfig, PolicyPage};

use super::{day, text_of};

/// Pieces of which names and sentences are made: whatever means something somewhere.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z_]{1,5}",
        Just("<script>alert(1)</script>".to_owned()),
        Just("</title><img src=x onerror=alert(1)>".to_owned()),
        Just("\" onmouseover='x".to_owned()),
        Just("&lt;&amp;".to_owned()),
        Just("](javascript:alert(1))".to_owned()),
        Just("![x](http://x.example)".to_owned()),
        Just("`|`` || ``".to_owned()),
        Just("# 1. - + > ---".to_owned()),
        Just("www.x.example https://x.example a@b.example".to_owned()),
        Just("\u{202E}\u{2028}\u{FE0F}é漢".to_owned()),
        Just("\\".to_owned()),
        Just("${x}{{y}}<!--".to_owned()),
    ];
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn items()(
        items in proptest::collection::vec(
            (pieces(), any::<bool>(), pieces(), 0_usize..11, any::<bool>()), 1..6,
        ),
    ) -> Vec<Value> {
        const KINDS: [&str; 11] = [
            "http-cookie", "js-cookie", "local-storage", "session-storage", "indexed-db",
            "flash-lso", "beacon", "email-pixel", "script", "link-decoration", "fingerprint",
        ];
        let item = |(index, (name, has_star, description, kind, is_live))| {
            let star = if has_star { "*" } else { "" };
            let status = if is_live { "live" } else { "retired" };
            let (vendor, lifetime): (_, &str) = ("v", "30d");
            let name: String = name;
            let description: String = description;
            json!({
                // A number, so that no two are the same.
                "name": format!("{index}{name}{star}"), "kind": KINDS[kind],
                "purposes": ["p", "statistics"], "vendor": vendor, "lifetime": lifetime,
                "status": status, "description": description,
            })
        };
        items.into_iter().enumerate().map(item).collect()
    }
}

prop_compose! {
    fn policies()(
        items in items(), site in pieces(), vendor in pieces(), purpose in pieces(),
        way in pieces(), contact in pieces(),
    ) -> Policy {
        let document = json!({
            "schema": 1,
            "site": {
                "name": site, "hosts": ["clinic.example"], "jurisdictions": ["uk", "us-ca"],
                "updated": "2026-11-23", "contact": contact,
            },
            "purpose": [{
                "id": "p", "kind": "advertising", "name": purpose, "description": purpose,
            }],
            "vendor": [{ "id": "v", "name": vendor, "opt_outs": ["o"] }],
            "opt_out": [{
                "id": "o", "name": way, "how": way, "url": "https://x.example/?a=1&copy=')(<",
            }],
            "item": items,
        });
        Policy::parse_json(&document.to_string()).unwrap()
    }
}

/// Text as a page shows it.
fn shown(text: &str) -> String {
    let text = text.replace('\u{202E}', "[U+202E]").replace('\u{2028}', "[U+2028]");
    // Pieces have no two blanks in a row within themselves, but may begin and end with one.
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Everything that a person is told, in words of the declaration.
fn told(policy: &Policy) -> Vec<String> {
    let site = policy.site();
    let mut told = vec![site.name.clone(), site.contact.clone().unwrap()];
    told.extend(policy.vendors().iter().map(|vendor| vendor.name.clone()));
    told.extend(policy.opt_outs().iter().map(|way| way.name.clone()));
    for item in policy.items() {
        told.push(item.name.as_str().to_owned());
        told.extend(item.description.clone());
    }
    told
}

/// Takes the backslashes away that Markdown takes away, outside of spans of code.
fn text_of_markdown(markdown: &str) -> String {
    let mut text = String::new();
    let mut letters = markdown.chars().peekable();
    let mut is_code = false;
    while let Some(letter) = letters.next() {
        let next_is_mark = letters.peek().is_some_and(char::is_ascii_punctuation);
        match letter {
            '`' => is_code = !is_code,
            '\\' if !is_code && next_is_mark => text.extend(letters.next()),
            other => text.push(other),
        }
    }
    text
}

/// What could end a script, or a line of one.
const ENDING: [char; 5] = ['<', '>', '&', '\u{2028}', '\u{2029}'];

/// The elements that a page is made of.
const ELEMENTS: [&str; 27] = [
    "main", "h1", "h2", "h3", "h4", "section", "div", "p", "ul", "li", "dl", "dt", "dd", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "a", "code", "bdi", "strong", "body", "html",
    "head",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn everything_declared_is_on_the_page(policy in policies()) {
        //= CommonMark 0.31.2 §2.4: punctuation after a backslash is that character and no syntax
        let page = PolicyPage::new(&policy, day("2026-11-27"));
        let html = flat(&text_of(&page.html_fragment()));
        let markdown = flat(&text_of_markdown(&page.markdown()));
        for told in told(&policy) {
            let told = shown(&told);
            prop_assert!(html.contains(&told), "{told:?} is missing from {html}");
            prop_assert!(markdown.contains(&told), "{told:?} is missing from {markdown}");
        }
        let json: Value = serde_json::from_str(&page.json()).unwrap();
        let names: Vec<_> = json["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
        let declared: Vec<_> = policy.items().iter().map(|item| item.name.as_str()).collect();
        prop_assert_eq!(names, declared);
    }

    #[test]
    fn nothing_declared_is_markup(policy in policies()) {
        let html = PolicyPage::new(&policy, day("2026-11-27")).html_page();
        let (_, body) = html.split_once("<body>").unwrap();
        for part in body.split('<').skip(1) {
            let (tag, _) = part.split_once('>').unwrap();
            let tag = tag.trim_start_matches('/');
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            prop_assert!(ELEMENTS.contains(&name), "<{tag}>");
            let keys: Vec<&str> = attributes.split('"').step_by(2).map(str::trim).collect();
            for key in keys.iter().filter(|key| !key.is_empty()) {
                let known = ["id=", "href=", "scope=", "lang=", "class=", "aria-labelledby="];
                prop_assert!(known.contains(key), "<{tag}>");
            }
        }
        prop_assert!(!html.contains("javascript:alert(1)\""));
    }

    #[test]
    fn nothing_declared_leaves_a_script(policy in policies()) {
        let banner = BannerConfig::of(&policy);
        let page = PolicyPage::new(&policy, day("2026-11-27"));
        for text in [banner.to_json(), banner.to_cookieconsent(), banner.to_klaro(), page.json()] {
            prop_assert!(!text.contains(ENDING));
        }
        // Apart from the statement around them and expressions, the scripts are JSON.
        for script in [banner.to_cookieconsent(), banner.to_klaro()] {
            let (_, value) = script.split_once(" = ").unwrap();
            let value = value.trim_end().strip_suffix(';').unwrap();
            let value = value.replace("new RegExp(", "").replace("$\")", "$\"");
            let read: Result<Value, _> = serde_json::from_str(&value);
            prop_assert!(read.is_ok(), "{value}");
        }
    }
}
