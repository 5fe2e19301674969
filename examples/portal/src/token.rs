//! What a browser holds to be recognised: 256 random bits that the database knows hashed.

use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use upheld_store::sql::Value;
use zeroize::Zeroizing;

use crate::id::Id;
use crate::random::{self, NoRandomness};

/// The value of a cookie. Prints as `[redacted]` and is wiped on drop.
pub(crate) struct Token(Zeroizing<[u8; Self::BYTES]>);

impl Token {
    const BYTES: usize = 32;

    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        random::bytes().map(Self)
    }

    /// Reads what [`Token::to_text`] wrote; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        if text.len() != Self::BYTES.saturating_mul(2) {
            return None;
        }
        HEXLOWER.decode_mut(text.as_bytes(), bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    /// A second one with the same value.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(HEXLOWER.encode(self.0.as_slice()))
    }

    /// What the database stores: useless as a cookie to whoever reads it there.
    pub(crate) fn to_hash(&self) -> TokenHash {
        TokenHash(digest(b"stored token", self.0.as_slice()))
    }

    /// What the forms of this visitor must bring along.
    ///
    /// Derived from the cookie, so it is bound to it and needs no place to be stored; another
    /// site can neither read it nor compute it.
    pub(crate) fn to_form_token(&self) -> FormToken {
        FormToken(HEXLOWER.encode(&digest(b"form token", self.0.as_slice())))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A [`Token`] as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenHash([u8; 32]);

impl From<TokenHash> for Value {
    fn from(hash: TokenHash) -> Self {
        Self::Blob(hash.0.to_vec())
    }
}

impl TokenHash {
    /// Compares with what a database keeps, in constant time.
    pub(crate) fn is(&self, stored: &[u8]) -> bool {
        self.0.ct_eq(stored).into()
    }
}

/// What a browser keeps to be known: a name that stays and a token that does not.
#[derive(Debug)]
pub(crate) struct BrowserToken {
    pub(crate) id: Id,
    pub(crate) token: Token,
}

impl BrowserToken {
    /// Reads what [`BrowserToken::to_text`] wrote; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, token) = text.split_once('.')?;
        Some(Self { id: Id::parse(id)?, token: Token::parse(token)? })
    }

    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}.{}", self.id, self.token.to_text().as_str()))
    }
}

/// What proves that a form was made by this portal for this visitor.
pub(crate) struct FormToken(String);

impl FormToken {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub(crate) fn is(&self, submitted: &str) -> bool {
        self.0.as_bytes().ct_eq(submitted.as_bytes()).into()
    }
}

impl fmt::Debug for FormToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Hashes for one purpose, so that what is shown for one never equals what is stored for another.
fn digest(purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(purpose);
    hash.update([0]);
    hash.update(bytes);
    hash.finalize().into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::Token;

    #[test]
    fn a_token_survives_its_text_and_nothing_else_is_one() {
        let token = Token::generate().unwrap();
        let text = token.to_text();
        assert_eq!(Token::parse(&text).unwrap().to_hash(), token.to_hash());
        assert!(Token::parse(&text.to_uppercase().replace('A', "B")).is_none());
        assert!(Token::parse(text.get(1..).unwrap()).is_none());
        assert!(Token::parse("").is_none());
        assert!(Token::parse(&"é".repeat(32)).is_none());
    }

    #[test]
    fn stored_and_shown_forms_tell_nothing_of_each_other() {
        let token = Token::generate().unwrap();
        let form_token = token.to_form_token();
        assert!(form_token.is(form_token.as_str()));
        assert_ne!(form_token.as_str(), token.to_text().as_str());
        assert!(Token::parse(form_token.as_str()).unwrap().to_hash() != token.to_hash());
    }
}
