//! What a site does, against what it declares: `policies/clinic.toml` and recordings made here.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod differences;
mod findings;
mod observations;

use upheld_cookies::audit::{AuditFinding, Inventory, Observer, Phase, Timeline, audit};
use upheld_cookies::har::Har;
use upheld_cookies::policy::Policy;
use upheld_cookies::{Day, PublicSuffixes};

fn clinic() -> Policy {
    Policy::parse_toml(include_str!("../policies/clinic.toml")).unwrap()
}

/// A request and what came back, a second after the one before.
#[derive(Clone, Copy, Default)]
struct Exchange {
    url: &'static str,
    cookie: &'static str,
    set: &'static [&'static str],
    /// More keys of the entry, each with a comma after it.
    entry: &'static str,
    /// The body.
    content: &'static str,
    status: u16,
}

fn get(url: &'static str) -> Exchange {
    Exchange {
        url,
        status: 200,
        content: r#"{"size":9,"mimeType":"text/html"}"#,
        ..Exchange::default()
    }
}

impl Exchange {
    fn with(self, cookie: &'static str) -> Self {
        Self { cookie, ..self }
    }

    fn setting(self, set: &'static [&'static str]) -> Self {
        Self { set, ..self }
    }

    fn saying(self, entry: &'static str) -> Self {
        Self { entry, ..self }
    }

    fn containing(self, content: &'static str) -> Self {
        Self { content, ..self }
    }

    fn entry(&self, second: usize) -> String {
        let Self { url, cookie, entry, content, status, set } = self;
        let set = serde_json::json!(set.join("\n"));
        format!(
            r#"{{{entry}"startedDateTime":"2026-11-27T12:00:{second:02}.000Z",
            "request":{{"method":"GET","url":"{url}","headers":[{{"name":"cookie","value":"{cookie}"}}]}},
            "response":{{"status":{status},"headers":[{{"name":"set-cookie","value":{set}}}],"content":{content}}}}}"#
        )
    }
}

/// A 1 by 1 GIF of 43 bytes.
const GIF: &str = r#"{"size":43,"mimeType":"image/gif","encoding":"base64","text":"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"}"#;

fn recording(exchanges: &[Exchange]) -> String {
    let entries = exchanges.iter().enumerate().map(|(second, exchange)| exchange.entry(second));
    let entries: Vec<String> = entries.collect();
    format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","))
}

/// What is seen of recordings, each with its phases.
fn observe(policy: &Policy, recordings: &[(Timeline, &[Exchange])]) -> Inventory {
    let mut observer = Observer::of_policy(PublicSuffixes, policy);
    for (number, (timeline, exchanges)) in recordings.iter().enumerate() {
        observer.begin_recording(&format!("{number}.har"), timeline.clone());
        for entry in Har::new(recording(exchanges).as_bytes()) {
            observer.see(&entry.unwrap()).unwrap();
        }
    }
    observer.into_inventory()
}

fn findings(policy: &Policy, recordings: &[(Timeline, &[Exchange])]) -> Vec<AuditFinding> {
    audit(policy, &observe(policy, recordings), Day::parse("2026-11-27").unwrap())
}

/// Code and subject of every finding about one recording in one phase, CL03 left out.
fn codes(policy: &Policy, phase: Phase, exchanges: &[Exchange]) -> Vec<String> {
    let found = findings(policy, &[(Timeline::always(phase), exchanges)]);
    let words = found.iter().map(|found| {
        format!(
            "{} {}",
            found.finding.code.as_str(),
            found.finding.subject.as_deref().unwrap_or("-")
        )
    });
    words.filter(|words| !words.starts_with("CL03")).collect()
}
