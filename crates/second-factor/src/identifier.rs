//! What names an account, a credential and a challenge: 128 bits of the application's choosing.

use std::fmt;

/// Names an account: whatever 128 bits the application knows it by, a UUID for example.
///
/// ```
/// use upheld_second_factor::AccountId;
///
/// let from_a_row_number = AccountId(42);
/// let from_a_uuid = AccountId(0x0190_a6c7_7ad2_7b3e_9f2c_0242_ac12_0002);
/// assert_ne!(from_a_row_number, from_a_uuid);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "any 128 bits name an account")]
pub struct AccountId(pub u128);

/// Names a credential, an authenticator app for example, or a set of recovery codes.
///
/// Draw it at random: nobody should meet a name that once meant something else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "any 128 bits name a credential")]
pub struct CredentialId(pub u128);

/// Names the request that a code sent out of band is for, a sign-in for example.
///
/// Keep it on the server, with the request. Draw it at random.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "any 128 bits name a request")]
pub struct RequestId(pub u128);

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({:032x})", self.0)
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialId({:032x})", self.0)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({:032x})", self.0)
    }
}
