//! The keys of the cookie that keeps a choice.

use std::sync::{Arc, Mutex, PoisonError};

use upheld_cookies::consent_cookie::{ConsentKey, ConsentKeyError, ConsentKeys};
use upheld_store::keys::{KeyId, KeyRing, SharedKeys};

/// What the key of the consent cookie is derived for.
const KEY_PURPOSE: &str = "portal consent cookie";

/// The keys of the consent cookie, each derived from one of the ring: they change as it does.
#[derive(Debug)]
pub(super) struct CookieKeys {
    ring: SharedKeys,
    derived: Mutex<(Arc<KeyRing>, Arc<ConsentKeys>)>,
}

impl CookieKeys {
    pub(super) fn of(ring: SharedKeys) -> Result<Self, ConsentKeyError> {
        let now = ring.ring();
        let derived = Mutex::new((Arc::clone(&now), Arc::new(derive(&now)?)));
        Ok(Self { ring, derived })
    }

    /// Those of the ring as it is.
    pub(super) fn current(&self) -> Arc<ConsentKeys> {
        let ring = self.ring.ring();
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&derived.0, &ring)
            && let Ok(keys) = derive(&ring)
        {
            *derived = (ring, Arc::new(keys));
        }
        Arc::clone(&derived.1)
    }
}

/// The current key writes; the others still count until they are retired.
fn derive(ring: &KeyRing) -> Result<ConsentKeys, ConsentKeyError> {
    let current = ring.current();
    // The cookie numbers its keys in a byte: those further back cannot be told apart.
    let is_told_apart = |id: &KeyId| current.0.checked_sub(id.0).is_some_and(|by| by < 256);
    let previous = ring.ids().filter(|id| *id != current && is_told_apart(id));
    let keys = ConsentKeys::new(derive_one(ring, current)?);
    previous.map(|id| derive_one(ring, id)).try_fold(keys, |keys, key| keys.with_previous(key?))
}

fn derive_one(ring: &KeyRing, id: KeyId) -> Result<ConsentKey, ConsentKeyError> {
    let [.., number] = id.0.to_be_bytes();
    let secret = ring.derive(id, KEY_PURPOSE);
    ConsentKey::new(number, secret.as_ref().map_or(&[][..], |secret| secret.as_slice()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rand::rngs::SysRng;
    use upheld_cookies::consent_cookie::{Reading, Rejection};
    use upheld_cookies::policy::Policy;
    use upheld_cookies::{Choice, Host, UnixSeconds};
    use upheld_store::keys::{KeyRing, SharedKeys};

    use super::CookieKeys;
    use crate::declaration::built_in_text;

    /// By the name of the policy's consent cookie, what the keys as they are make of a value.
    fn read(keys: &CookieKeys, policy: &Policy, value: &str) -> Reading {
        let field = format!("{}={value}", policy.consent().cookie);
        let host = Host::parse("northside.example").unwrap();
        keys.current().read(policy, &host, [field.as_bytes()])
    }

    #[test]
    fn a_choice_counts_until_the_key_that_wrote_it_is_retired() {
        let policy = Policy::parse_toml(&built_in_text(true)).unwrap();
        let host = Host::parse("northside.example").unwrap();
        let choice = Choice::made(&policy, &[], UnixSeconds(1_795_478_400));
        let ring = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
        let keys = CookieKeys::of(ring.clone()).unwrap();
        let write = || keys.current().write(&policy, &host, &choice).unwrap();
        let number = |value: &str| {
            let bytes = data_encoding::BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
            bytes.get(1).copied().map(u32::from).unwrap()
        };
        let first = write();
        let first_key = ring.ring().current();
        assert_eq!(number(&first), first_key.0);

        ring.replace(ring.ring().with_new_key(&mut SysRng).unwrap());
        assert!(matches!(read(&keys, &policy, &first), Reading::Current(_)));
        let second = write();
        assert_eq!(number(&second), ring.ring().current().0);
        assert_ne!(number(&second), number(&first));

        ring.replace(ring.ring().without_key(first_key, 0).unwrap());
        assert_eq!(read(&keys, &policy, &first), Reading::Rejected(Rejection::UnknownKey));
        assert!(matches!(read(&keys, &policy, &second), Reading::Current(_)));
    }
}
