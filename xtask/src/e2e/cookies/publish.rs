//! What `cookie-audit render` makes, as Chromium shows it, axe judges it, and two banners use it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::super::npm::Packages;
use super::super::{Outcome, check, program, say};

const SCRIPT: &str = include_str!("publish.mjs");
const HOSTILE: &str = include_str!("hostile.toml");
const CLINIC: &str = include_str!("../../../../crates/cookies/tests/policies/clinic.toml");

/// Klaro, which is bundled and yet names a hundred packages that it was built with.
const KLARO: (&str, &str) = (
    "klaro@0.7.22",
    "sha512-NkaFxS4S8160/zH1UQzCSYIIsAtwIDHIkJ7xofCrgRqk14OSY+OJuwCjYyW+q5fmIeF4RvsuBH6brPe2BS9Z0A==",
);

const FORMATS: [(&str, &str); 5] = [
    ("html", "html"),
    ("fragment", "fragment.html"),
    ("markdown", "md"),
    ("cookieconsent", "cookieconsent.js"),
    ("klaro", "klaro.js"),
];

/// The names in the hostile declaration, as a person has to see them.
const NAMES: [&str; 3] =
    ["a<script>harm()</script>*", "`|``|[x](javascript:harm())", "\\\");harm();//"];

pub(super) fn pages_are_for_everybody(packages: &Packages, audit: &Path) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    for (name, policy) in [("clinic", CLINIC), ("hostile", HOSTILE)] {
        let file = folder.path().join(name).with_extension("toml");
        fs::write(&file, policy)?;
        for (format, end) in FORMATS {
            let output = folder.path().join(format!("{name}.{end}"));
            let mut render = Command::new(audit);
            render.arg("render").arg(&file).args(["--format", format, "--output"]).arg(output);
            let done = render.args(["--now", "2026-11-27T12:00:00Z"]).output()?;
            check(done.status.success(), &String::from_utf8_lossy(&done.stderr))?;
        }
    }
    let album = program::target_of(audit)?.join("e2e");
    let klaro = packages.unpack(KLARO.0, KLARO.1)?;
    let mut node = packages.node(SCRIPT)?;
    let output = node.arg(folder.path()).arg(klaro).arg(album).output()?;
    let seen: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        format!("the pages were not seen: {}", String::from_utf8_lossy(&output.stderr))
    })?;

    say("cookies: the policy page beside axe-core");
    for page in ["page", "dark page", "small page", "hostile small page", "fragment"] {
        expect(&seen, &format!("/axe/{page}/found"), &json!([]))?;
    }
    for page in ["small page", "hostile small page"] {
        expect(&seen, &format!("/axe/{page}/width"), &json!(320))?;
    }
    let found = seen.pointer("/axe/broken page/found").and_then(Value::as_array);
    check(found.is_some_and(|found| found.len() > 3), "axe finds nothing on a broken page")?;

    say("cookies: a hostile declaration as HTML, and as Markdown beside marked");
    for page in ["hostile", "markdown"] {
        let at = |what: &str| format!("/hostile/~1{page}/{what}");
        expect(&seen, &at("harmed"), &json!(0))?;
        expect(&seen, &at("foreign"), &json!(0))?;
        expect(&seen, &at("columns"), &json!([2, 4]))?;
        let shown = seen.pointer(&at("names")).and_then(Value::as_array).ok_or("no names")?;
        for name in NAMES {
            check(shown.contains(&json!(name)), &format!("{name} is not shown: {shown:?}"))?;
        }
        let links = seen.pointer(&at("links")).and_then(Value::as_array).ok_or("no links")?;
        let foreign = links.iter().filter_map(Value::as_str).find(|link| {
            !link.starts_with("https://x.example/?q=") && !link.ends_with(".example/hostile")
        });
        check(foreign.is_none(), &format!("a link leads to {foreign:?}"))?;
    }

    say("cookies: banners of cookieconsent and Klaro");
    expect(
        &seen,
        "/banners/cookieconsent",
        &json!({
            "texts": ["Accept all", "Reject all"], "same": true, "before": [],
            "after": ["__Host-consent", "__Host-session"], "tables": 6, "harmed": 0,
        }),
    )?;
    expect(
        &seen,
        "/banners/klaro",
        &json!({
            "texts": ["Reject all", "Accept all"], "before": [],
            "after": ["__Host-session", "consent"],
            "granted": ["authentication", "record-choice"], "harmed": 0,
        }),
    )?;
    for banner in ["cookieconsent hostile", "klaro hostile"] {
        expect(&seen, &format!("/banners/{banner}"), &json!({ "harmed": 0, "foreign": 0 }))?;
    }
    Ok(())
}

fn expect(seen: &Value, at: &str, expected: &Value) -> Outcome<()> {
    let is = seen.pointer(at).ok_or_else(|| format!("nothing was seen of {at}"))?;
    check(is == expected, &format!("{at} is {is:#}, and not {expected:#}"))
}
