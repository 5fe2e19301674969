//! What goes wrong with a database, without a word of what is in it.

/// Why the database gave no answer. Whoever asked must behave as if the answer were no.
///
/// In every case but [`DatabaseError::Unclear`], nothing of the function was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// As many wait as may; nothing was sent.
    #[error("as many requests wait for the database as may; try again later")]
    Busy,
    /// The database was closed; nothing was sent.
    #[error("the database was closed")]
    Closed,
    /// Another transaction was in the way for too long, or for ever. To try again may help.
    #[error("another transaction was in the way; nothing was done, try again")]
    Contended,
    /// A constraint of the schema forbids it.
    #[error("the schema forbids it: {0}")]
    Conflict(Constraint),
    /// The database cannot be reached, or cannot read or write. It may recover by itself.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The connection was lost while it committed: it may have been done, or not.
    #[error("the connection was lost during the commit: it may have been done or not")]
    Unclear,
    /// The function panicked.
    #[error("the function that ran in the transaction panicked; nothing was done")]
    Panicked,
    /// A column holds something else than the program expects.
    #[error("column {column} does not hold {wanted}")]
    Column {
        /// Which, from 0.
        column: usize,
        /// What was expected.
        wanted: &'static str,
    },
    /// The statement does not fit what the layer demands of it.
    #[error("the statement {0}")]
    Statement(&'static str),
    /// The database refused the statement.
    #[error("the database refused, code {code}: {message}")]
    Refused {
        /// SQLSTATE in PostgreSQL, the extended result code in SQLite.
        code: String,
        /// What it said, where that cannot hold a value.
        message: String,
    },
}

/// What kind of rule a statement would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Constraint {
    /// There is such a key already.
    #[error("such a key exists already")]
    Unique,
    /// A row it refers to is missing, or is referred to.
    #[error("a row it refers to is missing, or it is still referred to")]
    ForeignKey,
    /// A `CHECK`, `NOT NULL` or type.
    #[error("a value is not in range")]
    Value,
}

/// Why a database could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file or the server cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The file cannot be made.
    #[error("the file cannot be opened for writing: {0}")]
    File(String),
    /// Neither a URL nor a list of `key=value`.
    #[error("not of the form postgres://user:password@host/database?option=value")]
    Url,
    /// A server on another machine, without encryption.
    #[error("the server is on another machine; give a TLS connector, or use a socket or a tunnel")]
    Unencrypted,
    /// The file system has no shared memory, which write-ahead logging needs.
    #[error("the file system does not support write-ahead logging; use a local one")]
    NoWriteAheadLog,
    /// The thread that writes could not be started.
    #[error("no thread could be started: {0}")]
    Thread(String),
}
