//! What depends on where the response comes from: `Secure` and `Domain`.

use super::report::Report;
use super::{Code, Severity};
use crate::set_cookie::AttributeName;
use crate::{Attribute, Host, SuffixList, TopLevelDomains};

pub(super) fn check(report: &mut Report<'_>) {
    check_secure(report);
    let Some(attribute) = report.last(AttributeName::Domain) else { return };
    check_domain(report, &attribute);
}

fn check_secure(report: &mut Report<'_>) {
    let Some(url) = report.setting.url.filter(|url| !url.is_secure()) else { return };
    let Some(attribute) = report.last(AttributeName::Secure) else { return };
    let host = url.host().as_str();
    let message = format!("{host} is not reached by TLS, so a Secure cookie is dropped");
    let _ = report.add(Code::SecureOverHttp, attribute.name.range(), message);
}

fn check_domain(report: &mut Report<'_>, attribute: &Attribute<'_>) {
    let span = attribute.whole.range();
    let text = attribute.value.map_or(&[][..], |value| value.text);
    if text.is_empty() || text == b"." {
        let message = "an empty Domain means this host alone; leave it out".to_owned();
        report.add(Code::Domain, span, message).severity(Severity::Note).remove_only(attribute);
        return;
    }
    let domain = text.strip_prefix(b".").unwrap_or(text);
    let Some(domain) = str::from_utf8(domain).ok().filter(|domain| domain.is_ascii()) else {
        let message = "the Domain has bytes beyond ASCII, so the cookie is dropped; write xn-- \
                       labels";
        let _ = report.add(Code::Domain, span, message.to_owned());
        return;
    };
    let domain = domain.to_ascii_lowercase();
    let is_address = Host::parse(&domain).is_ok_and(|host| host.is_address());
    if let Some(message) = refusal(report, &domain, is_address) {
        let _ = report.add(Code::Domain, span, message);
        return;
    }
    if is_address {
        let message = "a Domain that is an IP address covers that address alone; leave it out";
        report
            .add(Code::Domain, span, message.to_owned())
            .severity(Severity::Note)
            .remove_only(attribute);
    } else if text.starts_with(b".") {
        let message = "the dot before the Domain is ignored; leave it out".to_owned();
        report
            .add(Code::Domain, span.clone(), message)
            .severity(Severity::Note)
            .replace(span, &format!(" Domain={domain}"));
    }
}

/// Why user agents drop a cookie for this domain.
fn refusal(report: &Report<'_>, domain: &str, is_address: bool) -> Option<String> {
    let host = report.setting.url.map(crate::RequestUrl::host);
    let is_host = host.is_some_and(|host| host.as_str() == domain);
    let is_suffix = report.setting.suffixes.is_public_suffix(domain)
        || TopLevelDomains.is_public_suffix(domain);
    if !is_address && is_suffix && !is_host {
        return Some("the Domain is a public suffix, so the cookie is dropped".to_owned());
    }
    let host = host.filter(|host| !host.domain_matches(domain))?;
    let host = host.as_str();
    Some(format!("{host} is neither the Domain nor below it, so the cookie is dropped"))
}
