//! What stands in the address of a page after the question mark.

/// Longer than any value that is looked at.
const MAX_VALUE: usize = 254;

/// The fields of an address.
pub(super) struct Query(String);

impl Query {
    pub(super) fn of(query: Option<String>) -> Self {
        Self(query.unwrap_or_default())
    }

    /// The first value of this name; nothing if there is none, or a longer one than any here.
    pub(super) fn value(&self, wanted: &str) -> String {
        form_urlencoded::parse(self.0.as_bytes())
            .find(|(name, value)| name == wanted && value.len() <= MAX_VALUE)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }
}

/// An address with the fields that have a value.
pub(super) fn address(path: &str, fields: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
