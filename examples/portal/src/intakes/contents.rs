//! What somebody types in the form.

use serde_json::{Value, json};
use upheld_consent::request::Text;
use zeroize::Zeroizing;

use crate::people::{Contact, DisplayName, Email};

/// Who asks, by their own account, and what about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) name: DisplayName,
    pub(crate) email: Email,
    pub(crate) words: Option<Text>,
}

impl Contents {
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let words = self.words.as_ref().map(Text::as_str);
        let (name, email) = (self.name.as_str(), self.email.as_str());
        let json = json!({ "name": name, "email": email, "words": words });
        Zeroizing::new(json.to_string().into_bytes())
    }

    /// How whoever sent it is written to.
    pub(crate) fn contact(&self) -> Contact {
        Contact { name: self.name.as_str().to_owned(), email: self.email.as_str().to_owned() }
    }

    /// Reads what [`Contents::to_bytes`] wrote; `None` for anything else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(bytes).ok()?;
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        Some(Self {
            name: DisplayName::parse(text("name")?).ok()?,
            email: mailbox(text("email")?)?,
            words: text("words").and_then(|words| Text::new(words).ok()),
        })
    }
}

/// The address, if mail can be sent to it and to nothing else: unlike the address of an account, it
/// comes from somebody unknown, and goes into the head of a message.
//= RFC 5322 §3.4.1: an address is a dot-atom, an at sign and a domain
pub(crate) fn mailbox(typed: &str) -> Option<Email> {
    let email = Email::parse(typed)?;
    let (local, domain) = email.as_str().split_once('@')?;
    // Letters of other scripts are letters in addresses as well (RFC 6532).
    let is_atom = |text: &str| {
        let fits = |it: char| it.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(it);
        !text.is_empty() && text.chars().all(fits)
    };
    let is_label = |text: &str| {
        let is_inside = !text.starts_with('-') && !text.ends_with('-');
        let fits = |it: char| it.is_alphanumeric() || it == '-';
        !text.is_empty() && is_inside && text.chars().all(fits)
    };
    let is_domain = domain.contains('.') && domain.split('.').all(is_label);
    //= RFC 5321 §4.5.3.1.1: a local part has at most 64 octets
    let is_mailbox = local.len() <= 64 && local.split('.').all(is_atom) && is_domain;
    is_mailbox.then_some(email)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::{Contents, DisplayName, Text, mailbox};

    //= RFC 5322 §3.4.1: an address is a dot-atom, an at sign and a domain
    //= RFC 5321 §4.5.3.1.1: a local part has at most 64 octets
    #[test]
    fn an_address_is_one_mailbox_and_nothing_that_a_head_could_read_otherwise() {
        for good in ["alex@example.com", " Alex.O'Neill+tag@Sub.Example.co.uk ", "zoë@exämple.de"]
        {
            assert!(mailbox(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "alex",
            "alex@localhost",
            "alex@example.com, victim@example.org",
            "alex@example.com;victim@example.org",
            "<alex@example.com>",
            "Alex <alex@example.com>",
            "alex@example.com\r\nBcc: victim@example.org",
            "alex @example.com",
            "\"alex\"@example.com",
            "a@b@example.com",
            "alex@-example.com",
            "alex@example..com",
            ".alex@example.com",
            "alex@[192.0.2.1]",
            "alex(comment)@example.com",
            "undisclosed:alex@example.com",
        ] {
            assert_eq!(mailbox(bad), None, "{bad}");
        }
        assert_eq!(mailbox(&format!("{}@example.com", "a".repeat(65))), None);
    }

    #[test]
    fn what_was_typed_survives_being_kept() {
        let words = Text::new("\"quoted\"\nand {braced}").unwrap();
        for words in [None, Some(words)] {
            let name = DisplayName::parse("Zoë O'Neill").unwrap();
            let email = mailbox("zoe@example.com").unwrap();
            let contents = Contents { name, email, words };
            assert_eq!(Contents::from_bytes(&contents.to_bytes()), Some(contents));
        }
        assert_eq!(Contents::from_bytes(b"{}"), None);
    }
}
