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

/// A text in quotation marks, in which nothing is computed.
fn quoted(text: &str) -> String {
    let mut field = String::from('"');
    //= OWASP CSV Injection, mitigation: what a spreadsheet would compute has an apostrophe before it
    if is_formula(text) {
        field.push('\'');
    }
    for character in text.chars() {
        //= RFC 4180 §2: a quotation mark is written twice
        if character == '"' {
            field.push('"');
        }
        field.push(character);
    }
    field.push('"');
    field
}

/// Whether a spreadsheet may take the text for a formula, also after white space or in full width.
fn is_formula(text: &str) -> bool {
    let first = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\u{3000}']).chars().next();
    first.is_some_and(|first| "=+-@\t\r\n\0＝＋－＠".contains(first))
}
