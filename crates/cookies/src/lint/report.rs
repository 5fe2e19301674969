//! Findings as they come together.

use core::ops::Range;

use super::{Code, Diagnostic, Fix, MAX_DIAGNOSTICS, Setting, Severity};
use crate::set_cookie::AttributeName;
use crate::{Attribute, MAX_ATTRIBUTE_VALUE, Part, SetCookie, Syntax};

/// One header field under examination.
pub(super) struct Report<'a> {
    pub(super) header: &'a [u8],
    pub(super) syntax: Syntax<'a>,
    /// `None` when user agents ignore the whole.
    pub(super) cookie: Option<SetCookie<'a>>,
    pub(super) setting: &'a Setting<'a>,
    found: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(super) fn new(header: &'a [u8], setting: &'a Setting<'a>) -> Self {
        let cookie = SetCookie::parse(header).ok();
        Self { header, syntax: Syntax::of(header), cookie, setting, found: Vec::new() }
    }

    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|finding| finding.span.start);
        self.found
    }

    /// Adds a finding with the rule's own severity.
    pub(super) fn add(&mut self, code: Code, span: Range<usize>, message: String) -> Added<'_> {
        if self.found.len() >= MAX_DIAGNOSTICS {
            return Added { finding: None, header: self.header };
        }
        let severity = code.rule().severity;
        let span = self.without_blanks(span);
        self.found.push(Diagnostic { code, severity, span, message, fix: None });
        Added { finding: self.found.last_mut(), header: self.header }
    }

    /// A span without the spaces and tabs around what it covers.
    fn without_blanks(&self, span: Range<usize>) -> Range<usize> {
        let text = self.header.get(span.clone()).unwrap_or_default();
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let before = text.iter().take_while(is_blank).count();
        let after = text.iter().rev().take_while(is_blank).count();
        let (start, end) = (span.start.saturating_add(before), span.end.saturating_sub(after));
        if start < end { start..end } else { span }
    }

    /// The last attribute of a name that user agents take notice of.
    pub(super) fn last(&self, name: AttributeName) -> Option<Attribute<'a>> {
        let is_short = |value: Part<'_>| value.text.len() <= MAX_ATTRIBUTE_VALUE;
        let counts = |attribute: &Attribute<'_>| {
            AttributeName::of(attribute.name.text) == Some(name)
                && attribute.value.is_none_or(is_short)
        };
        self.syntax.attributes().filter(counts).last()
    }

    /// The name of the cookie for a person to read.
    pub(super) fn name(&self) -> String {
        readable(self.syntax.name().text)
    }
}

/// A finding that was just added, if there was room.
pub(super) struct Added<'r> {
    finding: Option<&'r mut Diagnostic>,
    header: &'r [u8],
}

impl Added<'_> {
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.severity = severity;
        }
        self
    }

    /// Replaces some bytes.
    pub(super) fn replace(self, span: Range<usize>, replacement: &str) {
        if let Some(finding) = self.finding {
            finding.fix = Some(Fix { span, replacement: replacement.to_owned() });
        }
    }

    /// Writes an attribute after everything else.
    pub(super) fn append(self, attribute: &str) {
        // What ends in a semicolon needs no second.
        let end = self.header.len();
        let separator = if self.header.ends_with(b";") { " " } else { "; " };
        self.replace(end..end, &format!("{separator}{attribute}"));
    }

    /// Takes an attribute out, with the semicolon before it, if no other of its name is left.
    pub(super) fn remove_only(self, attribute: &Attribute<'_>) {
        let is_same =
            |other: &Attribute<'_>| other.name.text.eq_ignore_ascii_case(attribute.name.text);
        if Syntax::of(self.header).attributes().filter(is_same).count() == 1 {
            self.remove(attribute);
        }
    }

    /// Takes an attribute out, with the semicolon before it.
    pub(super) fn remove(self, attribute: &Attribute<'_>) {
        let span = attribute.whole.range();
        self.replace(span.start.saturating_sub(1)..span.end, "");
    }
}

/// Names for a person to read: no control characters, and not too long.
pub(super) fn readable(name: &[u8]) -> String {
    let escaped = name.get(..name.len().min(40)).unwrap_or_default().escape_ascii();
    let more = if name.len() > 40 { "…" } else { "" };
    format!("{escaped}{more}")
}
