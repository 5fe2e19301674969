//! What the documents at the root must contain.

use anyhow::Result;

use crate::Tree;
use crate::tree::Member;

/// What an entry of a changelog may be filed under: <https://keepachangelog.com/en/1.1.0/>.
const KINDS_OF_CHANGE: [&str; 6] =
    ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

const LINES_OF_ARCHITECTURE: usize = 250;
const LINES_OF_CONTRIBUTING: usize = 200;

/// Finds documents that are missing, too long, out of form, or silent about a crate.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let members = tree.members();
    let mut findings = Vec::new();
    let mut document = |name: &str, check: &dyn Fn(&str) -> Vec<String>| {
        let found = match tree.read(name) {
            Ok(text) => check(&text),
            Err(_) => vec!["is missing".into()],
        };
        findings.extend(found.into_iter().map(|finding| format!("{name}: {finding}")));
    };
    document("README.md", &|text| check_readme(text, &members));
    document("CHANGELOG.md", &|text| check_changelog(text, &members));
    document("ARCHITECTURE.md", &|text| check_length(text, LINES_OF_ARCHITECTURE));
    document("CONTRIBUTING.md", &|text| check_length(text, LINES_OF_CONTRIBUTING));
    document("SECURITY.md", &|_| Vec::new());
    Ok(findings)
}

fn check_readme(text: &str, members: &[Member]) -> Vec<String> {
    let libraries = members.iter().filter(|member| member.is_library()).map(|member| &member.name);
    let examples = members.iter().filter(|member| member.is_example());
    let binaries = examples.flat_map(|member| &member.binaries);
    unnamed(text, libraries.chain(binaries))
}

fn check_changelog(text: &str, members: &[Member]) -> Vec<String> {
    let published = members.iter().filter(|member| member.published && member.is_library());
    let mut findings = unnamed(text, published.map(|member| &member.name));
    let mut lines = text.lines().map(str::trim_end);
    if lines.next() != Some("# Changelog") {
        findings.push("the first line must be `# Changelog`".into());
    }
    if !text.lines().any(|line| line == "## [Unreleased]") {
        findings.push("the section `## [Unreleased]` is missing".into());
    }
    let headings = lines.filter(|line| line.starts_with('#'));
    let odd = headings.filter(|line| !is_heading(line, members));
    findings.extend(odd.map(|line| format!("`{line}` is no version, kind of change or crate")));
    findings
}

fn is_heading(line: &str, members: &[Member]) -> bool {
    let Some(below) = line.strip_prefix("##") else { return false };
    let title = below.trim_start_matches('#').trim();
    if below.starts_with('#') {
        let is_crate = members.iter().any(|member| member.name == title.trim_matches('`'));
        return is_crate || KINDS_OF_CHANGE.contains(&title);
    }
    title == "[Unreleased]"
        || title.split_once("] - ").is_some_and(|(version, date)| {
            let is_date = |date: &str| date.len() == 10 && date.bytes().all(is_of_date);
            version.starts_with('[') && is_date(date.trim_end_matches(" [YANKED]"))
        })
}

const fn is_of_date(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'-'
}

fn check_length(text: &str, most: usize) -> Vec<String> {
    let lines = text.lines().count();
    (lines > most).then(|| format!("{lines} lines; the limit is {most}")).into_iter().collect()
}

fn unnamed<'a>(text: &str, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_named = |name: &&String| text.split(|c| !is_of_name(c)).any(|word| word == **name);
    names.filter(|name| !is_named(name)).map(|name| format!("`{name}` is not mentioned")).collect()
}

#[cfg(test)]
mod tests {
    use super::{check_changelog, check_length, check_readme};
    use crate::tree::Member;

    fn members() -> Vec<Member> {
        let member = |name: &str, dir: &str, published, binaries: &[&str]| Member {
            name: name.into(),
            dir: dir.into(),
            published,
            binaries: binaries.iter().copied().map(Into::into).collect(),
            ..Member::default()
        };
        vec![
            member("upheld-totp", "crates/totp", true, &[]),
            member("upheld-otp-example", "examples/otp", false, &["otp"]),
            member("xtask", "xtask", false, &["xtask"]),
        ]
    }

    #[test]
    fn a_readme_names_crates_and_programs() {
        let check = |text| check_readme(text, &members());
        assert!(check("`upheld-totp` and the program [otp](examples/otp)").is_empty());
        assert!(check("`upheld-totp` alone").contains(&"`otp` is not mentioned".into()));
        assert_eq!(check("otp and upheld-totp-extra"), ["`upheld-totp` is not mentioned"]);
    }

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `upheld-totp`\n\n\
                             ## [0.1.0] - 2026-11-24\n\n### upheld-totp\n\n#### Fixed\n";

    #[test]
    fn a_good_changelog() {
        assert!(check_changelog(CHANGELOG, &members()).is_empty());
    }

    #[test]
    fn changelogs_out_of_form() {
        let breaks = [
            ("# Changelog\n", "# History\n"),
            ("## [Unreleased]\n", ""),
            ("### Added", "### Improvements"),
            ("- 2026-11-24", "yesterday"),
            ("[0.1.0]", "0.1.0"),
            ("### upheld-totp", "### upheld-other"),
        ];
        for (good, bad) in breaks {
            let text = CHANGELOG.replacen(good, bad, 1);
            assert_eq!(check_changelog(&text, &members()).len(), 1, "{text}");
        }
        let silent = CHANGELOG.replace("upheld-totp", "Fixed");
        assert_eq!(check_changelog(&silent, &members()).len(), 1);
    }

    #[test]
    fn documents_too_long() {
        assert!(check_length("a\nb\n", 2).is_empty());
        assert_eq!(check_length("a\nb\nc", 2), ["3 lines; the limit is 2"]);
    }
}
