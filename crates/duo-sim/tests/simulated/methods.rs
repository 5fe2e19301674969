//! RFC 9110 §15.5.6: a path answers the methods it has, and says which, to whoever asks by another.

use http::{Method, Request, StatusCode};
use serde_json::Value;

use crate::{Duo, HOST};

const PATHS: [(&str, &str); 24] = [
    ("/auth/v2/ping", "GET"),
    ("/auth/v2/check", "GET"),
    ("/auth/v2/logo", "GET"),
    ("/auth/v2/auth_status", "GET"),
    ("/auth/v2/enroll", "POST"),
    ("/auth/v2/enroll_status", "POST"),
    ("/auth/v2/preauth", "POST"),
    ("/auth/v2/auth", "POST"),
    ("/oauth/v1/health_check", "POST"),
    ("/oauth/v1/authorize", "GET"),
    ("/oauth/v1/token", "POST"),
    ("/frame/prompt", "GET, POST"),
    ("/frame/security-key.js", "GET"),
    ("/admin/v2/logs/authentication", "GET"),
    ("/admin/v1/users", "GET, POST"),
    ("/admin/v1/users/DU", "GET, POST, DELETE"),
    ("/admin/v1/users/DU/bypass_codes", "GET, POST"),
    ("/admin/v1/users/DU/phones/DP", "DELETE"),
    ("/admin/v1/phones/DP/send_sms_passcodes", "POST"),
    ("/admin/v1/tokens/DH", "GET, DELETE"),
    ("/admin/v1/tokens/DH/resync", "POST"),
    ("/admin/v1/bypass_codes/DB", "DELETE"),
    ("/admin/v1/webauthncredentials", "GET"),
    ("/admin/v1/u2ftokens", "GET"),
];

#[test]
fn every_path_takes_its_methods_and_no_others() {
    let mut duo = Duo::new();
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for (path, allowed) in PATHS {
        for method in &methods {
            let request = Request::builder().method(method).uri(path).header("host", HOST);
            let reply = duo.exchange(&request.body(Vec::new()).unwrap());
            let is_allowed = allowed.split(", ").any(|known| known == method.as_str());
            let is_refused = reply.status() == StatusCode::METHOD_NOT_ALLOWED;
            assert_ne!(is_allowed, is_refused, "{method} {path}: {}", reply.status());
            if is_refused {
                assert_eq!(reply.headers()["allow"], allowed);
                let told: Value = serde_json::from_slice(reply.body()).unwrap();
                assert_eq!((&told["stat"], &told["code"]), (&"FAIL".into(), &40_501.into()));
            }
        }
    }
}
