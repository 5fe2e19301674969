use std::collections::BTreeSet;
use std::path::Path;

use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderValue};

use super::{Language, MONTHS, fill, to_pseudo, weight_of};
use crate::clock::Moment;
use crate::language::catalogue;
use crate::new_password::NewPasswordError;
use crate::people::NameError;
use upheld_totp::UnixSeconds;

/// What browsers send, and the example of RFC 9110 §12.5.4.
#[test]
fn the_language_with_the_greatest_weight_is_chosen() {
    for (accept, language) in [
        ("", Language::English),
        ("*", Language::English),
        ("da, en-gb;q=0.8, en;q=0.7", Language::English),
        ("de", Language::German),
        ("DE-ch, en;q=0.5", Language::German),
        ("fr-FR,fr;q=0.9,de;q=0.8,en;q=0.7", Language::German),
        ("en;q=0.2,de;q=0.1", Language::English),
        ("fr, de;q=0", Language::English),
        ("den, e", Language::English),
        ("de;q=abc", Language::German),
        (",,;;q=1,\u{fc}", Language::English),
        ("en-XA", Language::Pseudo),
    ] {
        assert_eq!(Language::preferred(accept), language, "{accept}");
    }
    assert_eq!(["q=0.8", "q=1", "q=0.001", "q=0", ""].map(weight_of), [800, 1000, 1, 0, 1000]);
}

/// Another program of the host stores letters of its own in a cookie.
#[test]
fn the_cookie_of_a_choice_counts_whatever_stands_beside_it() {
    for (field, language) in [
        (&b"x=\xE9; __Host-language=de"[..], Language::German),
        (b"__Host-language=\xE9; __Host-language=de;\xFF", Language::German),
        (b"x=\xE9", Language::English),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_bytes(field).unwrap());
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        assert_eq!(Language::of(&headers), language, "{}", field.escape_ascii());
    }
}

#[test]
fn moments_are_written_as_in_the_language() {
    let moment = Moment::from(UnixSeconds(1_772_409_600));
    assert_eq!(Language::English.moment(moment), "2 March 2026, 00:00 UTC");
    assert_eq!(Language::German.moment(moment), "2. März 2026, 00:00 UTC");
    assert_eq!(MONTHS.len(), 12);
}

#[test]
fn placeholders_are_filled_and_kept() {
    assert_eq!(fill("a {n} b {n}", "n", &"{n}"), "a {n} b {n}");
    assert_eq!(fill("nothing", "n", &1), "nothing");
    assert_eq!(to_pseudo("Add {name}"), "[Åðð {name}]");
    assert_eq!(
        Language::German.count("{n} unused recovery code", "", 1),
        "1 unbenutzter Wiederherstellungscode"
    );
    assert_eq!(
        Language::German.count("{n} unused recovery code", "", 0),
        "0 unbenutzte Wiederherstellungscodes"
    );
}

/// Everything that is shown is translated, and nothing else.
#[test]
fn the_german_catalogue_has_the_texts_of_the_portal() {
    let mut shown = texts_of(Path::new(env!("CARGO_MANIFEST_DIR")));
    shown.insert("A browser".into());
    shown.extend(crate::cookies::tests::texts());
    let names = [NameError::Empty, NameError::Control]
        .map(|error| error.to_string())
        .into_iter()
        .chain([40, 100].map(|max| NameError::TooLong { max }.to_string()));
    let passwords = [
        NewPasswordError::TooShort,
        NewPasswordError::TooLong,
        NewPasswordError::Differ,
        NewPasswordError::Address,
    ];
    shown.extend(names.chain(passwords.map(|error| error.to_string())));
    assert!(shown.len() > 250, "{} texts found", shown.len());

    let catalogue = catalogue::german();
    let translated: BTreeSet<_> = catalogue.texts().map(str::to_owned).collect();
    let missing: Vec<_> = shown.difference(&translated).collect();
    let unused: Vec<_> = translated.difference(&shown).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:#?}, unused: {unused:#?}");
    for english in &shown {
        for german in catalogue.all_of(english) {
            assert!(!german.is_empty(), "{english}");
            assert_eq!(placeholders(english), placeholders(german), "{english}");
        }
    }
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

/// What stands before `|t` and `|n` in the templates, and in `phrase(…)` and `count(…)` in the
/// sources.
fn texts_of(folder: &Path) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let mut folders = vec![folder.join("templates"), folder.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // This file is about texts and shows none.
            if path.ends_with("language/tests.rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let found = match path.extension().and_then(|it| it.to_str()) {
                Some("html") => texts_of_template(&source),
                _ => texts_of_source(&source),
            };
            texts.extend(found);
        }
    }
    texts
}

fn texts_of_template(source: &str) -> Vec<String> {
    let before = |filter: &str| {
        let ends = source.match_indices(filter).map(|(at, _)| at).collect::<Vec<_>>();
        ends.into_iter().filter_map(|end| Some(source[..end].rsplit_once('"')?.1.to_owned()))
    };
    before("\"|t").chain(before("\"|n(")).collect()
}

fn texts_of_source(source: &str) -> Vec<String> {
    let after = |call: &str| {
        let starts = source.match_indices(call).map(|(at, _)| at + call.len()).collect::<Vec<_>>();
        starts.into_iter().filter_map(|start| literal(source[start..].trim_start()))
    };
    after("phrase(").chain(after("language.count(")).collect()
}

/// The text of the literal that `source` begins with.
fn literal(source: &str) -> Option<String> {
    let mut rest = source.strip_prefix('"')?;
    let mut text = String::new();
    loop {
        let end = rest.find(['"', '\\'])?;
        text.push_str(&rest[..end]);
        let is_escape = rest[end..].starts_with('\\');
        rest = &rest[end + 1..];
        if !is_escape {
            return Some(text);
        }
        match rest.chars().next()? {
            '\n' => rest = rest.trim_start(),
            'n' => {
                text.push('\n');
                rest = &rest[1..];
            }
            escaped => {
                text.push(escaped);
                rest = &rest[escaped.len_utf8()..];
            }
        }
    }
}
