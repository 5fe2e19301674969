//! Data in rows, as it goes to people and to programs.

use upheld_ledger::{Integer, Object, Value};

use super::name::{self, FileNameError};

/// Whether rows are what a person may take elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "Article 20(1) covers it or does not")]
pub enum Reuse {
    /// The person provided it, on consent or a contract, and it is processed by machines.
    //= UK GDPR, Article 20(1): what a person provided, in a form that machines read
    Portable,
    /// Anything else: seen, and not carried over.
    AccessOnly,
}

/// A value in a row. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what every format can say")]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text. Moments, amounts and fractions are texts too: no reader rounds them.
    Text(String),
    /// A whole number.
    Integer(Integer),
    /// Yes or no.
    Bool(bool),
    /// Something that is not disclosed, and why, if that may be told.
    Withheld(Option<String>),
}

impl Cell {
    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Integer(integer) => (*integer).into(),
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Withheld(reason) => {
                let reason = reason.as_deref().map_or(Value::Null, Value::from);
                [("withheld", reason)].into_iter().collect::<Object>().into()
            }
        }
    }
}

impl core::fmt::Debug for Cell {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Text(_) => "Text([redacted])",
            Self::Integer(_) => "Integer([redacted])",
            Self::Bool(_) => "Bool([redacted])",
            Self::Withheld(_) => "Withheld([redacted])",
        })
    }
}

/// Rows of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    name: String,
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    reuse: Reuse,
}

impl Table {
    /// A table without rows.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `name` | of its files: letters, digits, `-` and `_` |
    /// | `title` | for people |
    /// | `columns` | the names of the columns, each once |
    ///
    /// # Errors
    ///
    /// [`TableError`]
    pub fn new(
        name: &str,
        title: &str,
        columns: &[&str],
        reuse: Reuse,
    ) -> Result<Self, TableError> {
        name::check(name)?;
        if let Some(at) = name.find(['.', '/']) {
            return Err(FileNameError::Character { at }.into());
        }
        if columns.is_empty() {
            return Err(TableError::NoColumns);
        }
        for (column, label) in columns.iter().enumerate() {
            if columns.iter().take(column).any(|earlier| earlier == label) {
                return Err(TableError::Twice { column });
            }
        }
        let columns = columns.iter().map(|&column| column.into()).collect();
        Ok(Self { name: name.into(), title: title.into(), columns, rows: Vec::new(), reuse })
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`TableError::Width`] unless it has a cell for each column.
    pub fn push(&mut self, row: Vec<Cell>) -> Result<(), TableError> {
        if row.len() != self.columns.len() {
            return Err(TableError::Width { cells: row.len(), columns: self.columns.len() });
        }
        self.rows.push(row);
        Ok(())
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(super) fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    pub(super) const fn reuse(&self) -> Reuse {
        self.reuse
    }

    /// An array with an object to each row, a line each.
    pub(super) fn to_json(&self) -> String {
        let rows: Vec<String> =
            self.rows.iter().map(|row| self.object(row).to_canonical()).collect();
        format!("[\n{}\n]\n", rows.join(",\n"))
    }

    /// A line to each row: `{"data":{…},"table":"…"}`.
    pub(super) fn to_ndjson(&self) -> String {
        let mut lines = String::new();
        for row in &self.rows {
            let members = [("data", self.object(row).into()), ("table", self.name.as_str().into())];
            lines.push_str(&members.into_iter().collect::<Object>().to_canonical());
            lines.push('\n');
        }
        lines
    }

    fn object(&self, row: &[Cell]) -> Object {
        let names = self.columns.iter().map(String::as_str);
        names.zip(row.iter().map(Cell::to_value)).collect()
    }
}

/// Why there is no such table or row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The name is no name of a file.
    #[error(transparent)]
    Name(#[from] FileNameError),
    /// No column.
    #[error("a table has at least one column")]
    NoColumns,
    /// Two columns of one name.
    #[error("column {column} has the name of an earlier one")]
    Twice {
        /// Which, counted from 0.
        column: usize,
    },
    /// Too few or too many cells.
    #[error("{cells} cells in a table of {columns} columns")]
    Width {
        /// How many cells.
        cells: usize,
        /// How many columns.
        columns: usize,
    },
}
