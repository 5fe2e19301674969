//! The two ceremonies, step by step.

use super::client_data::{self, Ceremony};
use super::{
    AttestationError, AttestationObject, AuthenticatorData, AuthenticatorDataError, Challenge,
    ClientDataError, Credential, RelyingParty,
};

/// What a browser brings back from `navigator.credentials.create`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is what a browser brings")]
pub struct Registration {
    /// `response.clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `response.attestationObject`.
    pub attestation_object: Vec<u8>,
}

/// What a browser brings back from `navigator.credentials.get`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is what a browser brings")]
pub struct Assertion {
    /// `rawId`.
    pub credential_id: Vec<u8>,
    /// `response.clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `response.authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `response.signature`.
    pub signature: Vec<u8>,
    /// `response.userHandle`, which keys that do not remember people leave out.
    pub user_handle: Option<Vec<u8>>,
}

/// Why no credential was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The browser was asked something else.
    #[error(transparent)]
    ClientData(#[from] ClientDataError),
    /// What the key made is not acceptable.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// The key made nothing.
    #[error("the authenticator data have no credential")]
    NoCredential,
}

/// Why nobody was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssertionError {
    /// It is another credential.
    #[error("the credential is another")]
    Credential,
    /// The key holds the credential for another person.
    #[error("the credential is of another person")]
    UserHandle,
    /// The browser was asked something else.
    #[error(transparent)]
    ClientData(#[from] ClientDataError),
    /// What the key says is not acceptable.
    #[error(transparent)]
    AuthenticatorData(#[from] AuthenticatorDataError),
    /// The credential became one that is backed up, or ceased to be.
    #[error("whether the credential can be backed up has changed")]
    BackupEligibility,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// The counter did not go up: there may be a copy of the key.
    #[error("the counter shows {shown}; it was {known} before")]
    Counter {
        /// What the key shows.
        shown: u32,
        /// What it showed before.
        known: u32,
    },
}

impl RelyingParty {
    /// Registers a credential. Whether its identifier is another's already is for the caller to see.
    ///
    /// # Errors
    ///
    /// [`RegistrationError`] with the first step that fails.
    ///
    /// # Source
    ///
    /// W3C WebAuthn Level 3 §7.1.
    #[expect(clippy::needless_pass_by_value, reason = "a challenge is used once")]
    pub fn register(
        &self,
        challenge: Challenge,
        registration: &Registration,
    ) -> Result<Credential, RegistrationError> {
        let client_data = &registration.client_data;
        let hash = client_data::check(client_data, Ceremony::Create, &challenge, &self.origin)?;
        let object = AttestationObject::parse(&registration.attestation_object)?;
        object.data.check(&self.id).map_err(AttestationError::from)?;
        let new = object.data.credential().ok_or(RegistrationError::NoCredential)?;
        let attestation = object.verify(&new.key, hash)?;
        let (counter, is_backup_eligible) =
            (object.data.counter(), object.data.is_backup_eligible());
        let new = object.data.into_credential().ok_or(RegistrationError::NoCredential)?;
        Ok(Credential { id: new.id, key: new.key, counter, is_backup_eligible, attestation })
    }

    /// Verifies that the holder of `credential` is here, and remembers its counter.
    ///
    /// | argument | |
    /// |---|---|
    /// | `challenge` | the one of the page, which nothing else was compared with |
    /// | `user_handle` | what `user.id` was when the credential was made |
    ///
    /// # Errors
    ///
    /// [`AssertionError`] with the first step that fails.
    ///
    /// # Source
    ///
    /// W3C WebAuthn Level 3 §7.2.
    #[expect(clippy::needless_pass_by_value, reason = "a challenge is used once")]
    pub fn authenticate(
        &self,
        challenge: Challenge,
        user_handle: &[u8],
        credential: &mut Credential,
        assertion: &Assertion,
    ) -> Result<(), AssertionError> {
        if assertion.credential_id != credential.id {
            return Err(AssertionError::Credential);
        }
        //= W3C WebAuthn Level 3 §7.2: if the key tells whose it is, it is theirs
        if assertion.user_handle.as_ref().is_some_and(|handle| handle != user_handle) {
            return Err(AssertionError::UserHandle);
        }
        let client_data = &assertion.client_data;
        let hash = client_data::check(client_data, Ceremony::Get, &challenge, &self.origin)?;
        let data = AuthenticatorData::parse(&assertion.authenticator_data)?;
        data.check(&self.id)?;
        if data.is_backup_eligible() != credential.is_backup_eligible {
            return Err(AssertionError::BackupEligibility);
        }
        //= W3C WebAuthn Level 3 §7.2: the key signs its data and the hash of the client's
        let message = [assertion.authenticator_data.as_slice(), &hash].concat();
        if !credential.key.has_signed(&message, &assertion.signature) {
            return Err(AssertionError::Signature);
        }
        //= W3C WebAuthn Level 3 §7.2: a counter that does not go up tells of a copy
        let (shown, known) = (data.counter(), credential.counter);
        if (shown != 0 || known != 0) && shown <= known {
            return Err(AssertionError::Counter { shown, known });
        }
        credential.counter = shown;
        Ok(())
    }
}
