//! Messages as files in a folder: for trying out, and for another program to pick up.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Message, Transport};

/// A folder to which each message is written as a file of its own, named after it, in the form
/// of RFC 5322. Only the owner of the process may read them.
#[derive(Clone, Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// Uses `folder`, making it if it is not there.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// The messages in it, the newest first.
    ///
    /// # Errors
    ///
    /// When the folder or a file in it cannot be read.
    pub fn read(&self) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "eml") {
                files.push((fs::metadata(&path)?.modified()?, path));
            }
        }
        files.sort();
        files.iter().rev().map(|(_, path)| fs::read_to_string(path)).collect()
    }
}

impl Transport for Directory {
    /// Writes under another name first, so that nobody picks up half a message.
    fn send(&self, message: &Message) -> io::Result<()> {
        let path = |extension: &str| self.0.join(format!("{}.{extension}", message.id));
        let (draft, whole) = (path("tmp"), path("eml"));
        let mut file = create(&draft)?;
        write!(
            file,
            "Message-ID: <{}@portal.invalid>\nTo: {}\nSubject: {}\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}",
            message.id,
            message.recipient,
            message.subject,
            message.body.as_str()
        )?;
        file.sync_all()?;
        fs::rename(draft, whole)
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}
