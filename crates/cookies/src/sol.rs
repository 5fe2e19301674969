//! Flash cookies: local shared objects, `.sol` files.
//!
//! Flash ended on 31 December 2020, and what it stored stayed on people's disks. [`SharedObject`]
//! says which names such a file has values under. Values are not read out.

use core::fmt;

mod amf;

use amf::Input;

/// The most names that are read of one file.
pub const MAX_KEYS: usize = 10_000;

/// A local shared object.
///
/// ```
/// use upheld_cookies::sol::SharedObject;
///
/// // Flash's own layout: a name, and one text under the name `TestString`.
/// let file = [
///     &b"\x00\xBF\x00\x00\x00\x3DTCSO\x00\x04\x00\x00\x00\x00\x00\x06string\x00\x00\x00\x00"[..],
///     b"\x00\x0ATestString\x02\x00\x17testing, 1-2-3, testing\x00",
/// ]
/// .concat();
/// let object = SharedObject::parse(&file)?;
/// assert_eq!((object.name(), object.keys()), ("string", &["TestString"][..]));
/// # Ok::<(), upheld_cookies::sol::SolError>(())
/// ```
///
/// # Source
///
/// Adobe, Action Message Format AMF 0 and AMF 3; the frame around them as `OSFlash` describes it.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedObject<'a> {
    name: &'a str,
    keys: Vec<&'a str>,
    is_complete: bool,
}

/// Why a file is no local shared object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SolError {
    /// It begins differently.
    #[error("a local shared object begins with the bytes 00 BF, a length, and TCSO")]
    Signature,
    /// Its length is another than it says.
    #[error("the file says that {said} bytes follow its length, and {found} do")]
    Length {
        /// What it says.
        said: u32,
        /// What it has.
        found: usize,
    },
    /// It ends too early.
    #[error("the file ends at byte {at}, within a value")]
    Truncated {
        /// Where.
        at: usize,
    },
    /// Text that is none.
    #[error("the text before byte {at} is not UTF-8")]
    Text {
        /// Where it ends.
        at: usize,
    },
    /// A kind of value that the format does not have.
    #[error("byte {at} names no kind of value")]
    Kind {
        /// Where.
        at: usize,
    },
    /// Values within values.
    #[error("byte {at}: values are nested deeper than {} levels", amf::DEPTH)]
    TooDeep {
        /// Where.
        at: usize,
    },
    /// Too many names.
    #[error("the file has more than {MAX_KEYS} names")]
    TooMany,
}

impl<'a> SharedObject<'a> {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`SolError`].
    pub fn parse(file: &'a [u8]) -> Result<Self, SolError> {
        let mut input = Input::new(file);
        if input.bytes(2) != Ok(b"\x00\xBF") {
            return Err(SolError::Signature);
        }
        let said = input.long()?;
        let found = input.left();
        if usize::try_from(said) != Ok(found) {
            return Err(SolError::Length { said, found });
        }
        if input.bytes(10)? != b"TCSO\x00\x04\x00\x00\x00\x00" {
            return Err(SolError::Signature);
        }
        let name = input.short_text()?;
        input.bytes(3)?;
        let mut object = Self { name, keys: Vec::new(), is_complete: true };
        match input.byte()? {
            0 => object.read_amf0(&mut input)?,
            3 => object.read_amf3(&mut input)?,
            _ => return Err(SolError::Kind { at: input.at().saturating_sub(1) }),
        }
        Ok(object)
    }

    fn read_amf0(&mut self, input: &mut Input<'a>) -> Result<(), SolError> {
        while input.left() > 0 {
            self.keys.push(input.short_text()?);
            self.check_count()?;
            amf::skip_amf0(input, 0)?;
            input.byte()?;
        }
        Ok(())
    }

    fn read_amf3(&mut self, input: &mut Input<'a>) -> Result<(), SolError> {
        let mut tables = amf::Tables::default();
        while input.left() > 0 {
            self.keys.push(tables.text(input)?);
            self.check_count()?;
            // What an object writes in a way of its own cannot be passed over.
            if !tables.skip(input, 0)? {
                self.is_complete = false;
                return Ok(());
            }
            input.byte()?;
        }
        Ok(())
    }

    fn check_count(&self) -> Result<(), SolError> {
        if self.keys.len() > MAX_KEYS { Err(SolError::TooMany) } else { Ok(()) }
    }

    /// The name of the object, mostly that of the file.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The names under which it has values, in order.
    #[must_use]
    pub fn keys(&self) -> &[&'a str] {
        &self.keys
    }

    /// Whether [`Self::keys`] are all; `false` after an object that has a format of its own.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl fmt::Debug for SharedObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedObject")
            .field("name", &self.name)
            .field("keys", &self.keys)
            .field("is_complete", &self.is_complete)
            .finish()
    }
}
