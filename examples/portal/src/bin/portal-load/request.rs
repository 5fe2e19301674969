//! Requests as a browser sends them.

/// The headers that browsers send and the portal looks at or counts.
const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, \
                       like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n\
                       Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
                       Accept-Language: en-GB,en;q=0.9\r\n\
                       Sec-Fetch-Site: same-origin\r\n\
                       Sec-Fetch-Mode: navigate\r\n\
                       Sec-Fetch-Dest: document\r\n";

/// Asks for a page. `cookies` as in the header, `name=value; name=value`.
pub(crate) fn get(host: &str, path: &str, cookies: &str) -> Vec<u8> {
    let cookies = cookie_header(cookies);
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{BROWSER}{cookies}\r\n").into_bytes()
}

/// Sends a form, whose fields are in `body` and percent-coded.
pub(crate) fn post(host: &str, path: &str, cookies: &str, body: &str) -> Vec<u8> {
    let cookies = cookie_header(cookies);
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\n{BROWSER}Origin: http://{host}\r\n{cookies}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The value of the hidden field `name` in a page.
pub(crate) fn hidden_field<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next()
}

fn cookie_header(cookies: &str) -> String {
    if cookies.is_empty() { String::new() } else { format!("Cookie: {cookies}\r\n") }
}

#[cfg(test)]
mod tests {
    use super::{get, hidden_field, post};

    #[test]
    fn a_request_ends_where_it_says() {
        let request = post("localhost:1", "/login", "a=b", "code=123456");
        let request = String::from_utf8_lossy(&request);
        assert!(request.starts_with("POST /login HTTP/1.1\r\nHost: localhost:1\r\n"), "{request}");
        assert!(request.contains("\r\nCookie: a=b\r\n"), "{request}");
        assert!(request.ends_with("\r\nContent-Length: 11\r\n\r\ncode=123456"), "{request}");
        let request = get("localhost:1", "/", "");
        let request = String::from_utf8_lossy(&request);
        assert!(request.ends_with("\r\n\r\n") && !request.contains("Cookie"), "{request}");
    }

    #[test]
    fn a_hidden_field_is_found_by_its_name() {
        let page = r#"<input type="hidden" name="other" value="1"><input type="hidden" name="form_token" value="abc">"#;
        assert_eq!(hidden_field(page, "form_token"), Some("abc"));
        assert_eq!(hidden_field(page, "token"), None);
    }
}
