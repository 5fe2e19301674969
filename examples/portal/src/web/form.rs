//! What a form sent, read with limits and believed only with its token.

use std::fmt;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use upheld_consent::request::{Text, TextError};
use zeroize::Zeroizing;

use super::App;
use super::refusal::Refusal;
use super::visitor::Visitor;

/// The name of the field with the form token.
pub(super) const TOKEN_FIELD: &str = "form_token";
/// A declaration may have 64 purposes, each a box in the form of preferences, which beside them sends
/// four fields: the token, which declaration was shown, the button and the path.
const MAX_FIELDS: usize = 68;
const TOKEN_BYTES: usize = 64;
/// A SHA-256 hash in hexadecimal digits, of what was on the page.
pub(super) const HASH_BYTES: usize = 64;

/// A form that this portal made for this visitor.
///
/// The only way to read a body: a handler that takes one has had its visitor recognised and the
/// form token checked.
#[derive(Debug)]
pub(super) struct Posted<V> {
    pub(super) visitor: V,
    pub(super) fields: Fields,
}

impl<V: Visitor> FromRequest<App> for Posted<V> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let visitor = V::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        if !is_form(request.headers()) {
            return Err(Refusal::NotAForm);
        }
        let body = Bytes::from_request(request, app).await;
        let body = body.map_err(|rejected| Refusal::Unreadable(rejected.status()))?;
        let fields = Fields::parse(&body).ok_or(Refusal::NotAForm)?;
        let token = fields.text(TOKEN_FIELD, TOKEN_BYTES).unwrap_or_default();
        if !visitor.has_sent(token) {
            return Err(Refusal::Forged);
        }
        Ok(Self { visitor, fields })
    }
}

/// The fields of a form, each name once.
pub(super) struct Fields(Vec<(String, Zeroizing<String>)>);

impl Fields {
    /// `None` for more fields than any form here has, or two of one name.
    fn parse(body: &[u8]) -> Option<Self> {
        let mut fields: Vec<(String, Zeroizing<String>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if fields.len() >= MAX_FIELDS || fields.iter().any(|(known, _)| *known == name) {
                return None;
            }
            fields.push((name.into_owned(), Zeroizing::new(value.into_owned())));
        }
        Some(Self(fields))
    }

    /// A field of at most `max` bytes; `None` when it is missing or longer.
    pub(super) fn text(&self, name: &str, max: usize) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (value.len() <= max).then_some(value.as_str())
    }

    /// What somebody wrote; `None` when they wrote nothing.
    ///
    /// # Errors
    ///
    /// [`TextError`] for what is too long or has control characters in it.
    pub(super) fn words(&self, name: &str) -> Result<Option<Text>, TextError> {
        // Browsers send a line break as two characters, and count it as one.
        let typed = Zeroizing::new(self.typed(name).replace("\r\n", "\n"));
        match Text::new(typed.as_str()) {
            Err(TextError::Blank { .. }) => Ok(None),
            words => words.map(Some),
        }
    }

    /// A field as it came, to be shown again: what is too long is there to be shortened.
    pub(super) fn typed(&self, name: &str) -> &str {
        self.text(name, usize::MAX).unwrap_or_default()
    }

    /// All but those of these names, to be sent once more.
    pub(super) fn besides(&self, names: &[&str]) -> Vec<(&str, &str)> {
        let fields = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        fields.filter(|(name, _)| !names.contains(name)).collect()
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(CONTENT_TYPE).map(|kind| kind.to_str()) else { return false };
    let essence = kind.split(';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
