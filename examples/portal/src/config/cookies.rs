//! Whose law about cookies applies.

use upheld_cookies::policy::Jurisdiction;

/// One that the declaration of cookies speaks of; `None` is the strictest.
pub(super) fn parse_jurisdiction(text: &str) -> Result<Option<Jurisdiction>, String> {
    match text {
        "strictest" => Ok(None),
        "uk" => Ok(Some(Jurisdiction::Uk)),
        "eea" => Ok(Some(Jurisdiction::Eea)),
        _ => Err("use strictest, uk or eea".to_owned()),
    }
}
