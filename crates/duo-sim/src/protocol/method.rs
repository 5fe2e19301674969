//! Which methods of HTTP a path takes.

use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Response};

use super::{Failure, write};

/// What to answer a method that a path does not take. Paths that are not there are not judged.
///
/// The code follows the rule of Duo's others: its first three digits are the status.
//= RFC 9110 §15.5.6: a method that is not allowed is answered by those that are
pub(super) fn refusal(method: &Method, path: &str) -> Option<Response<Vec<u8>>> {
    let allowed = allowed(path)?;
    if allowed.split(", ").any(|known| known == method.as_str()) {
        return None;
    }
    let (status, document) = write(Err(Failure::new(40_501, "Method not allowed")));
    let mut reply = Response::new(document.to_string().into_bytes());
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static(allowed));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Some(reply)
}

fn allowed(path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    Some(match segments.as_slice() {
        ["auth", "v2", "ping" | "check" | "logo" | "auth_status"]
        | ["oauth", "v1", "authorize"]
        | ["frame", "security-key.js"]
        | ["admin", "v2", "logs", "authentication"] => "GET",
        ["auth", "v2", "enroll" | "enroll_status" | "preauth" | "auth"]
        | ["oauth", "v1", "health_check" | "token"] => "POST",
        ["frame", "prompt"] => "GET, POST",
        ["admin", "v1", rest @ ..] => return allowed_of_admin(rest),
        _ => return None,
    })
}

fn allowed_of_admin(rest: &[&str]) -> Option<&'static str> {
    Some(match rest {
        ["users" | "phones" | "tokens"] | ["users", _, "bypass_codes" | "phones" | "tokens"] => {
            "GET, POST"
        }
        ["users" | "phones", _] => "GET, POST, DELETE",
        ["tokens", _] => "GET, DELETE",
        ["users", _, "phones" | "tokens", _] | ["bypass_codes" | "webauthncredentials", _] => {
            "DELETE"
        }
        ["phones", _, "send_sms_passcodes"] | ["tokens", _, "resync"] => "POST",
        ["bypass_codes" | "webauthncredentials" | "u2ftokens"]
        | ["users", _, "webauthncredentials" | "u2ftokens"] => "GET",
        _ => return None,
    })
}
