//! Taking away what may not stay.

use std::collections::BTreeSet;

use super::{Decider, Decision, Visit};
use crate::policy::{Item, Policy};
use crate::{Host, Prefix, cookie_pairs};

/// The most `Set-Cookie` fields that one response is given to remove cookies.
pub const MAX_REMOVALS: usize = 64;

/// The `Set-Cookie` fields that remove what a request sent and may not be stored.
///
/// `cookie_fields` are the values of the request's `Cookie` header fields, `host` its host. A cookie
/// is removed under every path and domain under which its declaration and the site's hosts can have
/// it; a user agent takes no notice of those that it does not have. Undeclared cookies are left.
///
/// ```
/// use upheld_cookies::{Host, UnixSeconds, Visit, removals};
/// # use upheld_cookies::policy::Policy;
/// # let policy = Policy::parse_toml("schema = 1\nsite = { hosts = ['clinic.example'], \
/// #     jurisdictions = ['uk'], updated = '2026-01-01' }\nitem = [{ name = 'visits', \
/// #     kind = 'http-cookie', purposes = ['advertising'], lifetime = '1d' }]")?;
/// let host = Host::parse("clinic.example")?;
/// let visit = Visit::new(None, UnixSeconds(1_795_478_400));
/// let fields = removals(&policy, &visit, &host, [&b"theme=dark; visits=3"[..]]);
/// assert_eq!(fields, [
///     "visits=; Path=/; Max-Age=0",
///     "visits=; Path=/; Max-Age=0; Domain=clinic.example",
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// RFC 6265bis §5.7: a cookie is replaced by one of the same name, domain, host-only flag and path.
#[must_use]
pub fn removals<'f>(
    policy: &Policy,
    visit: &Visit<'_>,
    host: &Host,
    cookie_fields: impl IntoIterator<Item = &'f [u8]>,
) -> Vec<String> {
    let mut fields = Vec::new();
    let mut seen = BTreeSet::new();
    let decider = Decider::new(policy, visit, host.as_str());
    for (name, _) in cookie_fields.into_iter().flat_map(cookie_pairs) {
        let Some(item) = decider.find(name) else { continue };
        if !matches!(decider.decide_item(item), Decision::Deny(_)) {
            continue;
        }
        // A name that is no token cannot be set, and so not removed, by what a server may send.
        let Some(text) = str::from_utf8(name).ok().filter(|text| is_token(text)) else { continue };
        if seen.insert(name) {
            fields.extend(variants(policy, item, host, text));
        }
        if fields.len() >= MAX_REMOVALS {
            fields.truncate(MAX_REMOVALS);
            break;
        }
    }
    fields
}

fn is_token(text: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_of_token)
}

fn variants(policy: &Policy, item: &Item, host: &Host, name: &str) -> Vec<String> {
    let prefix = Prefix::of(name.as_bytes());
    let is_host_only = prefix.is_some_and(Prefix::demands_host_only);
    let mut domains: BTreeSet<&str> = BTreeSet::new();
    if !is_host_only && !host.is_address() {
        let declared = policy.site().hosts.iter().chain(&item.domains);
        let above = declared.map(crate::policy::DomainPattern::domain);
        domains.extend(above.filter(|domain| host.domain_matches(domain)));
        domains.insert(host.as_str());
    }
    let root = ["/".to_owned()];
    let paths = if item.paths.is_empty() || is_host_only { &root[..] } else { &item.paths };
    let partitions: &[&str] = if item.partitioned { &["", "; Secure; Partitioned"] } else { &[""] };
    let secure = if prefix.is_some() { "; Secure" } else { "" };
    let http_only = if prefix.is_some_and(Prefix::demands_http_only) { "; HttpOnly" } else { "" };
    let mut fields = Vec::new();
    for path in paths {
        for partition in partitions {
            let secure = if partition.is_empty() { secure } else { "" };
            let start = format!("{name}=; Path={path}; Max-Age=0{secure}{http_only}{partition}");
            fields.push(start.clone());
            fields.extend(domains.iter().map(|domain| format!("{start}; Domain={domain}")));
        }
    }
    fields
}
