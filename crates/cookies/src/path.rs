//! Paths, and which covers which.

/// The path of a cookie that names none: that of the request up to its last slash.
///
/// ```
/// assert_eq!(upheld_cookies::default_path(b"/staff/rota.html"), b"/staff");
/// assert_eq!(upheld_cookies::default_path(b"/index.html"), b"/");
/// ```
///
/// # Source
///
/// RFC 6265bis §5.1.4.
#[must_use]
pub fn default_path(request_path: &[u8]) -> &[u8] {
    //= RFC 6265bis §5.1.4: "/" unless there is a second slash
    let last = request_path.iter().rposition(|byte| *byte == b'/');
    match (request_path.first(), last) {
        (Some(b'/'), Some(last)) if last > 0 => request_path.get(..last).unwrap_or(b"/"),
        _ => b"/",
    }
}

/// Whether a cookie with `cookie_path` goes with a request for `request_path`.
///
/// ```
/// use upheld_cookies::path_matches;
///
/// assert!(path_matches(b"/staff/rota", b"/staff"));
/// assert!(!path_matches(b"/staffroom", b"/staff"));
/// ```
///
/// # Source
///
/// RFC 6265bis §5.1.4.
#[must_use]
pub fn path_matches(request_path: &[u8], cookie_path: &[u8]) -> bool {
    //= RFC 6265bis §5.1.4: the same, or a prefix that ends at a slash
    let Some(rest) = request_path.strip_prefix(cookie_path) else { return false };
    rest.is_empty() || cookie_path.ends_with(b"/") || rest.starts_with(b"/")
}
