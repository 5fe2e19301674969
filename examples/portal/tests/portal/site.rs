//! The address of a portal, as its operator writes it.

use portal::{PublicUrl, PublicUrlError};

#[test]
fn t37_an_address_is_an_origin_that_nobody_can_listen_in_on() {
    for url in [
        "https://portal.example",
        "https://portal.example:8443",
        "https://xn--mnchen-3ya.example",
        "https://192.0.2.1",
        "https://[2001:db8::1]:8443",
        "http://localhost:8080",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "http://localhost",
    ] {
        assert_eq!(PublicUrl::parse(url).unwrap().to_string(), url);
    }
    assert_eq!(PublicUrl::parse("https://a.example/"), PublicUrl::parse("https://a.example"));

    let refused = |url: &str, error| assert_eq!(PublicUrl::parse(url), Err(error), "{url}");
    for url in ["", "portal.example", "//portal.example", "HTTPS://portal.example", "ftp://a"] {
        refused(url, PublicUrlError::Scheme);
    }
    for url in ["http://portal.example", "http://localhost.example", "http://192.0.2.1"] {
        refused(url, PublicUrlError::Plain);
    }
    for url in [
        "https://",
        "https:///",
        "https://a.example/path",
        "https://a.example//",
        "https://a.example?x",
        "https://a.example#x",
        "https://user@a.example",
        "https://A.example",
        "https://a..example",
        "https://a.example.",
        "https://münchen.example",
        "https://a_b.example",
        "https://a.example\n",
        "https://[::1",
        "https://[::1]x",
        "https://[0:0::1]",
        "https://[fe80::1%eth0]",
    ] {
        refused(url, PublicUrlError::Host);
    }
    for url in [
        "https://a.example:443",
        "http://localhost:80",
        "https://a.example:0",
        "https://a.example:65536",
        "https://a.example:08443",
        "https://a.example:",
        "https://a.example:x",
        "https://a.example:1:2",
    ] {
        refused(url, PublicUrlError::Port);
    }
    refused(&format!("https://{}", "a.".repeat(200)), PublicUrlError::Host);
}
