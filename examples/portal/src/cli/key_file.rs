//! The file of the keys.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::SystemTime;

use upheld_store::keys::KeyRing;
use zeroize::Zeroizing;

use super::outcome::{Exit, Failure};

/// The owner may read and write, and nobody else anything.
pub(crate) const PRIVATE: u32 = 0o600;

/// Reads the keys. Refuses a file that others may read.
pub(crate) fn read(path: &Path) -> Result<KeyRing, Failure> {
    let shown = path.display();
    let text = match open(path) {
        Ok(file) if is_open_to_others(&file).map_err(Failure::of_system)? => {
            let why = format!(
                "{shown} can be read or written by others than its owner; chmod 600 it, and make \
                 new keys if they may have seen it"
            );
            return Err(Exit::Refused.because(why));
        }
        Ok(file) => io::read_to_string(file),
        Err(error) => Err(error),
    };
    let text = text.map(Zeroizing::new).map_err(|error| {
        let exit = match error.kind() {
            io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Failed,
        };
        exit.because(format!("{shown} cannot be read: {error}; `portal init` makes one"))
    })?;
    KeyRing::parse(&text).map_err(|error| Exit::Failed.because(format!("{shown}: {error}")))
}

/// What changes whenever the file does.
pub(crate) fn version(path: &Path) -> Option<(u64, SystemTime, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.ino(), metadata.modified().ok()?, metadata.len()))
}

/// Writes keys to a file that is not there yet.
pub(crate) fn create(path: &Path, keys: &KeyRing) -> Result<(), Failure> {
    create_private(path, keys.to_text().as_bytes())
}

/// Puts keys in place of those in the file: all of them or, if anything fails, the old ones.
pub(crate) fn replace(path: &Path, keys: &KeyRing) -> Result<(), Failure> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = Path::new(&draft);
    create(draft, keys)?;
    let replaced = fs::rename(draft, path).and_then(|()| sync_folder_of(path));
    replaced.map_err(Failure::of_system)
}

/// Writes a file that is not there yet and that its owner alone may read.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let created = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path);
    let written = created.and_then(|mut file| {
        // Whatever the umask took away.
        file.set_permissions(Permissions::from_mode(PRIVATE))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        sync_folder_of(path)
    });
    written.map_err(|error| {
        let exit = match error.kind() {
            io::ErrorKind::AlreadyExists => Exit::Refused,
            _ => Exit::Failed,
        };
        exit.because(format!("{} cannot be made: {error}", path.display()))
    })
}

/// Whether anyone but the owner may read or write the file.
pub(crate) fn is_open_to_others(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Makes what became of a name as durable as the file itself.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
