//! What may be wrong with a container.

/// Why a text is not a PSKC container. Has the position alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (at byte {at})")]
#[non_exhaustive]
pub struct XmlFault {
    /// What is wrong.
    pub kind: XmlFaultKind,
    /// Where, in bytes from the first that is not blank.
    pub at: usize,
}

/// What is wrong with a container's XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlFaultKind {
    /// Not well-formed.
    #[error("the text is not well-formed XML")]
    Syntax,
    /// The text ends too soon.
    #[error("the XML is cut off")]
    CutOff,
    /// A document type. Its entities could make a small file large or read other files.
    #[error("a document type declaration is not accepted")]
    Dtd,
    /// An entity other than the five that XML itself has.
    #[error("the entity is not known")]
    Entity,
    /// An encoding other than UTF-8.
    #[error("the encoding must be UTF-8")]
    Encoding,
    /// Elements nested more than 32 deep.
    #[error("elements are nested more than 32 deep")]
    TooDeep,
    /// An element with more than 32 attributes.
    #[error("an element has more than 32 attributes")]
    TooManyAttributes,
    /// Another document.
    #[error("the outermost element must be the KeyContainer of RFC 6030, version 1.0")]
    Root,
    /// A container without a key; the drafts before RFC 6030 call its elements differently.
    #[error("the container has no KeyPackage with a Key")]
    NoKey,
    /// An element that may stand once stands again.
    #[error("the element is given twice")]
    Duplicate,
    /// An element within a text.
    #[error("the element must hold nothing but text")]
    Content,
}

/// Why an encrypted container cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerFault {
    /// Encrypted with a key that both sides know.
    #[error("the container is encrypted; the pre-shared key is needed to read it")]
    KeyNeeded,
    /// Encrypted with a passphrase or a certificate.
    #[error("the container is encrypted with a passphrase or certificate; use a pre-shared key")]
    Unsupported,
    /// No MAC, or another one.
    #[error("encrypted values need a MACMethod with the algorithm HMAC-SHA1")]
    MacMethod,
    /// No MAC key in the container.
    #[error("the encrypted MACKey is missing")]
    MacKeyMissing,
    /// The MAC key cannot be decrypted.
    #[error("the MACKey cannot be decrypted; is the pre-shared key right?")]
    MacKey,
}

/// Why a key cannot be taken out of its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// Another algorithm.
    #[error("the key's algorithm must be urn:ietf:params:xml:ns:keyprov:pskc:hotp or :totp")]
    Algorithm,
    /// Codes that are not plain decimal digits.
    #[error("the ResponseFormat must be DECIMAL, without check digits")]
    Response,
    /// A value both in the clear and encrypted, or neither.
    #[error("a value must have either a PlainValue or an EncryptedValue")]
    Value,
    /// A secret in the clear in a container that should be encrypted.
    #[error("the secret is not encrypted")]
    NotEncrypted,
    /// A value that is not base64.
    #[error("a value is not base64")]
    Base64,
    /// A counter or time that is not a number.
    #[error("a counter or time must be a number from 0 to 2^63 - 1")]
    Number,
    /// An encrypted number that reads as digits and as binary.
    #[error("an encrypted number is written in ASCII digits; write it in binary")]
    AmbiguousNumber,
    /// Steps that are counted from another moment than the Unix epoch.
    #[error("the Time must be 0 or left out, since steps count from the Unix epoch")]
    Time,
    /// Another encryption.
    #[error("values must be encrypted with AES-128-CBC")]
    Cipher,
    /// An encrypted value of an impossible length, or with impossible padding.
    #[error("an encrypted value is cut off or damaged")]
    Ciphertext,
    /// An encrypted value without a MAC.
    #[error("an encrypted value needs a ValueMAC")]
    MacMissing,
    /// A MAC that does not match.
    #[error("a ValueMAC does not match: the key is wrong, or the file was altered")]
    Mac,
}
