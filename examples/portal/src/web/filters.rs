//! What templates do with texts: `{{ "Sign in"|t }}`.

#![expect(
    unreachable_pub,
    clippy::inline_always,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the attribute makes a type with methods of each filter"
)]

use std::fmt::Display;

use askama::{Result, Values};
use upheld_consent::Date;

use super::asking::Asking;
use super::reading::{asking_of, language_of, path_of};
use crate::clock::Moment;
use crate::language::{Language, fill, phrase};

/// The text in the language of the visitor.
#[askama::filter_fn]
pub fn t<T: AsRef<str>>(english: T, values: &dyn Values) -> Result<String> {
    Ok(language_of(values).say(english.as_ref()).into_owned())
}

/// The text for `count` things: `{{ "{n} code"|n("{n} codes", left) }}`.
#[askama::filter_fn]
pub(super) fn n<C: Count>(one: &str, values: &dyn Values, many: &str, count: C) -> Result<String> {
    Ok(language_of(values).count(one, many, count.as_u64()))
}

/// How many things there are.
pub(super) trait Count {
    fn as_u64(&self) -> u64;
}

impl Count for u8 {
    fn as_u64(&self) -> u64 {
        (*self).into()
    }
}

impl Count for u64 {
    fn as_u64(&self) -> u64 {
        *self
    }
}

impl Count for usize {
    fn as_u64(&self) -> u64 {
        u64::try_from(*self).unwrap_or(u64::MAX)
    }
}

impl<C: Count> Count for &C {
    fn as_u64(&self) -> u64 {
        C::as_u64(self)
    }
}

/// The text with `{name}` replaced: `{{ "About {person}"|t|with("person", name) }}`.
#[askama::filter_fn]
pub(super) fn with<T: AsRef<str>, V: Display>(
    text: T,
    _: &dyn Values,
    name: &str,
    value: V,
) -> Result<String> {
    Ok(fill(text.as_ref(), name, &value))
}

/// The moment in the visitor's language.
#[askama::filter_fn]
pub(super) fn moment(moment: &Moment, values: &dyn Values) -> Result<String> {
    Ok(language_of(values).moment(*moment))
}

/// The day in the visitor's language.
#[askama::filter_fn]
pub(super) fn day(date: &Date, values: &dyn Values) -> Result<String> {
    Ok(language_of(values).day(*date))
}

/// What a browser calls itself ([`crate::user_agent::BrowserName`]), in the visitor's language.
#[askama::filter_fn]
pub(super) fn browser<T: AsRef<str>>(name: T, values: &dyn Values) -> Result<String> {
    let (name, language) = (name.as_ref(), language_of(values));
    let Some((browser, system)) = name.split_once(" on ") else {
        return Ok(language.say(name).into_owned());
    };
    let both = language.say(phrase("{browser} on {system}"));
    Ok(fill(&fill(&both, "browser", &language.say(browser)), "system", &system))
}

/// The tag of the visitor's language, whatever it is put behind.
#[askama::filter_fn]
pub(super) fn language<T>(_: T, values: &dyn Values) -> Result<&'static str> {
    Ok(language_of(values).tag())
}

/// The address of the page, whatever it is put behind.
#[askama::filter_fn]
pub(super) fn path<T>(_: T, values: &dyn Values) -> Result<String> {
    Ok(path_of(values).to_owned())
}

/// The question about cookies, as HTML; nothing where there is none to ask.
#[askama::filter_fn]
pub(super) fn question<T>(_: T, values: &dyn Values) -> Result<String> {
    asking_of(values).map_or_else(|| Ok(String::new()), |asking| asking.question(values))
}

/// The advertisement, as HTML; nothing where it may not be.
#[askama::filter_fn]
pub(super) fn advert<T>(_: T, values: &dyn Values) -> Result<String> {
    asking_of(values).map_or_else(|| Ok(String::new()), |asking| asking.advert(values))
}

/// Whether the browser sends Global Privacy Control.
#[askama::filter_fn]
pub(super) fn sends_gpc<T>(_: T, values: &dyn Values) -> Result<bool> {
    Ok(asking_of(values).is_some_and(Asking::sends_gpc))
}

/// The languages that a visitor may choose.
pub(super) const LANGUAGES: [Language; 2] = Language::ALL;
