//! Signed notes (C2SP `signed-note`): a text, and signatures by named keys.
//!
//! Nothing here signs or checks a signature; the caller's library does, so that a key may live in
//! a hardware module and the algorithm be whatever the ecosystem has.

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

/// The longest note that is read, in bytes.
pub const MAX_NOTE: usize = 1024 * 1024;
/// The most signatures of a note that is read.
pub const MAX_SIGNATURES: usize = 64;

/// The type of an Ed25519 signature over the text of a note.
const ED25519: u8 = 1;

/// A text with signatures.
///
/// ```
/// use upheld_ledger::{Note, NoteKey};
///
/// let text = "This is an example message.\n\n\
///     — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm\
///     RKuwHjG1Yu72IneyaQM=\n";
/// let note = Note::parse(text)?;
/// let key = NoteKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")?;
/// note.verify(&key, |public, text, signature| {
///     let public = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, public);
///     public.verify(text, signature).is_ok()
/// })?;
/// # Ok::<(), upheld_ledger::NoteError>(())
/// ```
///
/// # Source
///
/// <https://c2sp.org/signed-note>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// Begins a note without signatures. The text ends with a line feed.
    ///
    /// # Errors
    ///
    /// [`NoteError::Text`] when it does not, or has control characters beside line feeds.
    pub fn unsigned(text: &str) -> Result<Self, NoteError> {
        check_text(text)?;
        Ok(Self { text: text.into(), signatures: Vec::new() })
    }

    /// Adds what the caller's signer made of [`Note::text`].
    #[must_use]
    pub fn signed(mut self, key: &NoteKey, signature: &[u8]) -> Self {
        let (name, id) = (key.name.clone(), key.id);
        self.signatures.push(Signature { name, id, bytes: signature.into() });
        self
    }

    /// Reads a note.
    ///
    /// # Errors
    ///
    /// [`NoteError`].
    //= C2SP signed-note, Format: the last empty line parts the text from the signatures
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE {
            return Err(NoteError::Length { length: note.len() });
        }
        let at = note.rfind("\n\n").ok_or(NoteError::Unsigned)?;
        let (text, rest) = note.split_at(at.saturating_add(1));
        check_text(text)?;
        let lines = rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n'));
        let lines = lines.ok_or(NoteError::Unsigned)?;
        let mut signatures = Vec::new();
        for (number, line) in lines.split('\n').enumerate() {
            if number == MAX_SIGNATURES {
                return Err(NoteError::Signatures);
            }
            signatures.push(Signature::parse(line).ok_or(NoteError::Signature { number })?);
        }
        Ok(Self { text: text.into(), signatures })
    }

    /// Writes the note.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut note = format!("{}\n", self.text);
        for Signature { name, id, bytes } in &self.signatures {
            let signature = BASE64.encode(&[id, &**bytes].concat());
            note.extend(["— ", name, " ", &signature, "\n"]);
        }
        note
    }

    /// The text that is signed. Trust it after [`Note::verify`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Checks the signatures of `key`. `check` gets the public key, the text and a signature.
    ///
    /// # Errors
    ///
    /// [`NoteError::NotSigned`] when there is none by this key, [`NoteError::Forged`] when one is
    /// wrong.
    //= C2SP signed-note, Signatures: those of unknown keys are ignored, a wrong one of a known key is not
    pub fn verify(
        &self,
        key: &NoteKey,
        check: impl Fn(&[u8], &[u8], &[u8]) -> bool,
    ) -> Result<(), NoteError> {
        let is_by_key = |by: &&Signature| by.name == key.name && by.id == key.id;
        let mut by_key = self.signatures.iter().filter(is_by_key).peekable();
        if by_key.peek().is_none() {
            return Err(NoteError::NotSigned);
        }
        let holds = by_key.all(|by| check(&key.public, self.text.as_bytes(), &by.bytes));
        if holds { Ok(()) } else { Err(NoteError::Forged) }
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = decode(signature)?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        let is_sound = is_key_name(name) && !bytes.is_empty();
        is_sound.then(|| Self { name: name.into(), id: *id, bytes: bytes.into() })
    }
}

/// A key that signs notes: its name, its short id and the public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    id: [u8; 4],
    algorithm: u8,
    public: Vec<u8>,
}

impl NoteKey {
    /// Names an Ed25519 key.
    ///
    /// # Errors
    ///
    /// [`NoteError::Key`] when the name is empty or has white space or a plus sign.
    pub fn ed25519(name: &str, public: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::Key);
        }
        let id = key_id(name, ED25519, public);
        Ok(Self { name: name.into(), id, algorithm: ED25519, public: public.into() })
    }

    /// Reads a verifier key: name, id and key between plus signs.
    ///
    /// # Errors
    ///
    /// [`NoteError::Key`], also when the id of an Ed25519 key is not its own.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        Self::read(text).ok_or(NoteError::Key)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let id: [u8; 4] = HEXLOWER.decode(id.as_bytes()).ok()?.try_into().ok()?;
        let key = decode(key)?;
        let (algorithm, public) = key.split_first()?;
        let is_sound = is_key_name(name)
            && (*algorithm != ED25519 || public.len() == 32 && id == key_id(name, ED25519, public));
        let (algorithm, public) = (*algorithm, public.into());
        is_sound.then(|| Self { name: name.into(), id, algorithm, public })
    }

    /// Writes the verifier key.
    #[must_use]
    pub fn to_text(&self) -> String {
        let key = BASE64.encode(&[&[self.algorithm], &*self.public].concat());
        format!("{}+{}+{key}", self.name, HEXLOWER.encode(&self.id))
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The signature type of C2SP `signed-note`: 1 is Ed25519.
    #[must_use]
    pub const fn algorithm(&self) -> u8 {
        self.algorithm
    }
}

//= C2SP signed-note, Ed25519 signatures: the first four bytes of a hash of name, type and key
fn key_id(name: &str, algorithm: u8, public: &[u8]) -> [u8; 4] {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', algorithm])
        .chain_update(public)
        .finalize();
    let (first, _) = hash.as_chunks::<4>();
    first.first().copied().unwrap_or_default()
}

/// Reads one text of base64: the decoder takes several padded ones in a row as well.
fn decode(text: &str) -> Option<Vec<u8>> {
    let is_one = !text.trim_end_matches('=').contains('=');
    if is_one { BASE64.decode(text.as_bytes()).ok() } else { None }
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let has_control = text.bytes().any(|byte| byte < b' ' && byte != b'\n');
    if text.ends_with('\n') && !has_control { Ok(()) } else { Err(NoteError::Text) }
}

/// Why a note is not read or not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Longer than any note that is read.
    #[error("{length} bytes; a note has at most {MAX_NOTE}")]
    Length {
        /// In bytes.
        length: usize,
    },
    /// The text does not end with a line feed, or has control characters.
    #[error("the text of a note ends with a line feed and has no other control characters")]
    Text,
    /// No empty line with signatures after it.
    #[error("a note ends with an empty line and at least one signature")]
    Unsigned,
    /// More signatures than are read.
    #[error("more than {MAX_SIGNATURES} signatures")]
    Signatures,
    /// A line that is not a signature.
    #[error("signature {number}: not of the form `— name base64`")]
    Signature {
        /// Which, counted from 0.
        number: usize,
    },
    /// A text that is not a verifier key.
    #[error("a verifier key is `name+id+key`, with the id of the name and key")]
    Key,
    /// The key has not signed.
    #[error("the note is not signed by this key")]
    NotSigned,
    /// A signature by the key is wrong.
    #[error("the signature is not of this text")]
    Forged,
}
