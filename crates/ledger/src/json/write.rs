//! RFC 8785 §3.2: no white space, sorted names, the shortest strings.

use super::{Object, Value};

pub(super) fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Integer(integer) => {
            if integer.get() < 0 {
                text.push('-');
            }
            write_decimal(integer.get().unsigned_abs(), text);
        }
        Value::Text(string) => write_string(string, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_value(item, text);
            }
            text.push(']');
        }
        Value::Object(object) => write_object(object, text),
    }
}

pub(super) fn write_object(object: &Object, text: &mut String) {
    text.push('{');
    for (index, (name, value)) in object.members().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_string(name, text);
        text.push(':');
        write_value(value, text);
    }
    text.push('}');
}

/// Writes a string in quotation marks.
//= RFC 8785 §3.2.2.2: only quotation mark, backslash and control characters are escaped
pub(crate) fn write_string(string: &str, text: &mut String) {
    text.push('"');
    if string.bytes().any(is_escaped) {
        string.chars().for_each(|character| write_character(character, text));
    } else {
        text.push_str(string);
    }
    text.push('"');
}

const fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

fn write_character(character: char, text: &mut String) {
    match character {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\u{8}' => text.push_str("\\b"),
        '\t' => text.push_str("\\t"),
        '\n' => text.push_str("\\n"),
        '\u{c}' => text.push_str("\\f"),
        '\r' => text.push_str("\\r"),
        '\0'..=' ' if character != ' ' => {
            text.push_str("\\u00");
            let code = u32::from(character);
            let digits = [code >> 4, code & 15].map(|digit| char::from_digit(digit, 16));
            text.extend(digits.into_iter().flatten());
        }
        _ => text.push(character),
    }
}

/// Writes a number in decimal.
pub(crate) fn write_decimal(number: u64, text: &mut String) {
    let mut buffer = [0; 20];
    text.push_str(str::from_utf8(decimal(number, &mut buffer)).unwrap_or_default());
}

/// The digits of a number, in a third of the time of the formatting machinery: an entry has two
/// numbers.
pub(crate) fn decimal(number: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut rest = number;
    let mut start = buffer.len();
    for digit in buffer.iter_mut().rev() {
        *digit = b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or_default());
        rest /= 10;
        start = start.saturating_sub(1);
        if rest == 0 {
            break;
        }
    }
    buffer.get(start..).unwrap_or_default()
}
