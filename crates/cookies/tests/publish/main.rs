//! What a site publishes from its declaration.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests may panic")]

mod banner;
mod device_storage;
mod hostile;
mod page;

use upheld_cookies::Day;
use upheld_cookies::policy::Policy;

const CLINIC: &str = include_str!("../policies/clinic.toml");

fn clinic() -> Policy {
    Policy::parse_toml(CLINIC).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// The text of HTML of ours: without tags, and with the five characters that are escaped.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        rest = after.split_once('>').unwrap().1;
    }
    text.push_str(rest);
    for (escaped, plain) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        text = text.replace(escaped, plain);
    }
    text
}
