//! The languages of the pages, and which one a visitor reads.
//!
//! Texts stand in the code and the templates in English. What they are in another language is in
//! `locales/`, a GNU gettext catalogue (PO) to each. A test holds the catalogues to the texts.

mod catalogue;

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};

use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderValue};
use upheld_consent::Date;
use upheld_cookies::cookie_pairs;

use crate::clock::Moment;

/// The cookie in which a browser keeps its choice. It names a language and nobody.
pub(crate) const COOKIE_NAME: &str = "__Host-language";
/// More ranges than anybody sets are not looked at.
const MAX_RANGES: usize = 32;

/// A language in which the portal can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    #[default]
    English,
    German,
    /// English in brackets and with accents: a text that was left out stands without.
    Pseudo,
}

/// Marks a text that is shown to people and translated where it is shown.
pub(crate) const fn phrase(english: &'static str) -> &'static str {
    english
}

impl Language {
    /// Those that a person may choose.
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language tag (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en-GB",
            Self::German => "de",
            Self::Pseudo => "en-XA",
        }
    }

    /// What it is called by those who speak it.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Pseudo => "[Ēñĝļîšĥ]",
        }
    }

    /// The language of exactly this tag.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        [Self::English, Self::German, Self::Pseudo].into_iter().find(|it| it.tag() == tag)
    }

    /// What the browser has chosen here, else what it prefers, else English.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        // By bytes: what another program of the host stores must not hide the cookies beside it.
        let fields = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
        let mut own = fields.flat_map(cookie_pairs).filter(|it| it.0 == COOKIE_NAME.as_bytes());
        let chosen = own.find_map(|(_, tag)| Self::of_tag(str::from_utf8(tag).ok()?));
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        chosen.unwrap_or_else(|| Self::preferred(accepted.unwrap_or_default()))
    }

    //= RFC 9110 §12.5.4: ranges with weights, of which zero means not acceptable
    //= RFC 4647 §3.4: a range is cut at its subtags until something matches
    fn preferred(accept: &str) -> Self {
        let mut best = (0, Self::default());
        for range in accept.split(',').take(MAX_RANGES) {
            let (range, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight_of(weight);
            let Some(language) = Self::of_range(range.trim()) else { continue };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    fn of_range(range: &str) -> Option<Self> {
        if range.eq_ignore_ascii_case(Self::Pseudo.tag()) {
            return Some(Self::Pseudo);
        }
        let primary = range.split('-').next()?;
        Self::ALL.into_iter().find(|language| {
            language.tag().split('-').next().is_some_and(|tag| tag.eq_ignore_ascii_case(primary))
        })
    }

    /// The text in this language. What no catalogue has stays as it is.
    pub(crate) fn say(self, english: &str) -> Cow<'_, str> {
        match self {
            Self::English => Cow::Borrowed(english),
            Self::German => {
                catalogue::german().find(english).map_or(Cow::Borrowed(english), Cow::Borrowed)
            }
            Self::Pseudo => Cow::Owned(to_pseudo(english)),
        }
    }

    /// The text in this language, if it has one: of words that do not stand in this program.
    pub(crate) fn known(self, english: &str) -> Option<String> {
        match self {
            Self::English => None,
            Self::German => catalogue::german().find(english).map(str::to_owned),
            Self::Pseudo => Some(to_pseudo(english)),
        }
    }

    /// The text for `count` things, with `{n}` replaced by how many they are.
    pub(crate) fn count(self, one: &str, many: &str, count: u64) -> String {
        let is_one = count == 1;
        let english = if is_one { one } else { many };
        let text = match self {
            Self::English => Cow::Borrowed(english),
            Self::German => {
                let found = catalogue::german().find_plural(one, is_one);
                found.map_or(Cow::Borrowed(english), Cow::Borrowed)
            }
            Self::Pseudo => Cow::Owned(to_pseudo(english)),
        };
        fill(&text, "n", &count)
    }

    /// The day as people read it: `24 November 2026`.
    pub(crate) fn day(self, date: Date) -> String {
        let month = MONTHS.get(usize::from(date.month()).saturating_sub(1));
        let (day, year) = (date.day(), date.year());
        let month = month.copied().unwrap_or_default();
        match self {
            Self::English => format!("{day} {month} {year}"),
            Self::German => format!("{day}. {} {year}", self.say(month)),
            Self::Pseudo => to_pseudo(&format!("{day} {month} {year}")),
        }
    }

    /// The moment as people read it: `24 November 2026, 02:22 UTC`.
    pub(crate) fn moment(self, moment: Moment) -> String {
        let text = moment.to_string();
        let month = MONTHS.iter().find(|month| text.contains(**month));
        match (self, month) {
            (Self::English, _) | (_, None) => text,
            (Self::German, Some(month)) => {
                text.replacen(&format!(" {month}"), &format!(". {}", self.say(month)), 1)
            }
            (Self::Pseudo, Some(_)) => to_pseudo(&text),
        }
    }
}

const MONTHS: [&str; 12] = [
    phrase("January"),
    phrase("February"),
    phrase("March"),
    phrase("April"),
    phrase("May"),
    phrase("June"),
    phrase("July"),
    phrase("August"),
    phrase("September"),
    phrase("October"),
    phrase("November"),
    phrase("December"),
];

impl Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The text with `{name}` replaced by `value`.
pub(crate) fn fill(text: &str, name: &str, value: &dyn Display) -> String {
    let Some((before, after)) = text.split_once(&format!("{{{name}}}")) else {
        return text.to_owned();
    };
    format!("{before}{value}{after}")
}

/// A weight in thousandths: `;q=0.8` is 800, none is 1000, and a broken one counts as none given.
fn weight_of(parameter: &str) -> u16 {
    let Some(value) = parameter.trim().strip_prefix("q=") else { return 1000 };
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let fraction = format!("{fraction:0<3}");
    match (whole, fraction.get(..3).map(str::parse::<u16>)) {
        ("0", Some(Ok(thousandths))) => thousandths,
        _ => 1000,
    }
}

/// Accents on every letter outside placeholders, and brackets around.
fn to_pseudo(english: &str) -> String {
    let mut text = String::with_capacity(english.len().saturating_mul(2));
    text.push('[');
    let mut is_placeholder = false;
    for letter in english.chars() {
        is_placeholder = (is_placeholder || letter == '{') && letter != '}';
        let place = if is_placeholder { None } else { PLAIN.chars().position(|it| it == letter) };
        let accented = place.and_then(|place| ACCENTED.chars().nth(place));
        text.push(accented.unwrap_or(letter));
    }
    let _ = text.write_char(']');
    text
}

const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED: &str = "àƀçðéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ";

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests may panic"
)]
mod tests;
