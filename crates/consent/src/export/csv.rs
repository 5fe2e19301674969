//! CSV that opens in a spreadsheet and stays data there.
//!
//! It begins with a byte order mark, or spreadsheets take it for another encoding; programs read
//! the JSON.

use super::{Cell, Table};

const BYTE_ORDER_MARK: char = '\u{feff}';

pub(super) fn write(table: &Table) -> String {
    let mut text = String::from(BYTE_ORDER_MARK);
    line(table.columns().iter().map(|column| quoted(column)), &mut text);
    for row in table.rows() {
        line(row.iter().map(field), &mut text);
    }
    text
}

//= RFC 4180 §2: fields separated by commas, lines ended by CRLF
fn line(fields: impl Iterator<Item = String>, text: &mut String) {
    for (number, field) in fields.enumerate() {
        if number > 0 {
            text.push(',');
        }
        text.push_str(&field);
    }
    text.push_str("\r\n");
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => quoted(text),
        // A negative number is no formula.
        Cell::Integer(integer) => integer.get().to_string(),
        Cell::Bool(bool) => bool.to_string(),
        Cell::Withheld(reason) => quoted(&withheld(reason.as_deref())),
    }
}

pub(super) fn withheld(reason: Option<&str>) -> String {
    reason.map_or_else(|| "[withheld]".into(), |reason| format!("[withheld: {reason}]"))
}

/// What a spreadsheet may take for the end of a cell, by its country or by its own lights. It is
/// within quotation marks; but one that expects semicolons finds them behind a comma, where they
/// count for nothing.
const SEPARATORS: [char; 5] = [';', '\t', '|', '\n', '\r'];

/// A text in quotation marks, in which nothing is computed.
fn quoted(text: &str) -> String {
    let mut field = String::from('"');
    //= OWASP CSV Injection, mitigation: what a spreadsheet would compute has an apostrophe before it
    if is_formula(text) {
        field.push('\'');
    }
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        //= RFC 4180 §2: a quotation mark is written twice
        if character == '"' {
            field.push('"');
        }
        field.push(character);
        //= OWASP CSV Injection, mitigation: nor does another separator begin a formula
        if SEPARATORS.contains(&character) && begins_formula(rest.as_str()) {
            field.push('\'');
        }
    }
    field.push('"');
    field
}

/// Whether a spreadsheet may take the text for a formula, also after white space or in full width.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(BLANK);
    begins_formula(text) || text.starts_with(['\t', '\r', '\n', '\0'])
}

const BLANK: [char; 4] = [' ', '\u{a0}', '\u{feff}', '\u{3000}'];

/// Looks no further than the next mark, for the work to be in proportion to the text. A quotation
/// mark hides nothing from whoever has lost count of them.
fn begins_formula(text: &str) -> bool {
    let text = text.trim_start_matches(|character| character == '"' || BLANK.contains(&character));
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}
