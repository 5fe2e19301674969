//! What `@iabtechlabtcf/core` makes of a language or country whose letters are none.

use std::ops::Range;

use serde_json::Value;
use upheld_cookies::tcf::TcString;

use super::super::Outcome;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Where the letters stand in the bits of the core.
const LANGUAGE: [Range<usize>; 2] = [108..114, 114..120];
const COUNTRY: [Range<usize>; 2] = [201..207, 207..213];

/// What it reads in such a string: all that is read with other letters in their place, with the
/// characters that it makes of them.
pub(super) fn foretold(string: &str, read: impl FnOnce(&TcString<'_>) -> Value) -> Outcome<Value> {
    let core = string.split('.').next().unwrap_or_default();
    let digit = |letter| DIGITS.iter().position(|digit| *digit == letter);
    let bits: Option<Vec<String>> =
        core.bytes().map(|letter| Some(format!("{:06b}", digit(letter)?))).collect();
    let mut bits = bits.ok_or("a core that is not in base64url")?.concat();
    let language = take(&mut bits, LANGUAGE)?;
    let country = take(&mut bits, COUNTRY)?;
    let mended = write(&bits)? + string.get(core.len()..).unwrap_or_default();
    // From `A` to `z`, with what ASCII has between the two alphabets, and then in capitals.
    let is_country = country.chars().all(|letter| ('A'..='z').contains(&letter));
    let Ok(tc) = TcString::parse(&mended) else { return Ok(Value::Null) };
    let mut read = read(&tc);
    let Some(fields) = read.as_object_mut().filter(|_| is_country) else { return Ok(Value::Null) };
    fields.insert("language".to_owned(), language.into());
    fields.insert("publisher_country".to_owned(), country.to_ascii_uppercase().into());
    Ok(read)
}

/// The two characters of numbers from `A` on; `A` stands in their place afterwards.
fn take(bits: &mut String, places: [Range<usize>; 2]) -> Outcome<String> {
    let mut letters = String::new();
    for place in places {
        let number = bits.get(place.clone()).ok_or("a core without letters")?;
        letters.push(char::from(u8::from_str_radix(number, 2)?.saturating_add(b'A')));
        bits.replace_range(place, "000000");
    }
    Ok(letters)
}

fn write(bits: &str) -> Outcome<String> {
    let mut text = String::new();
    for six in bits.as_bytes().chunks(6) {
        let number = usize::from_str_radix(str::from_utf8(six)?, 2)?;
        text.push(char::from(*DIGITS.get(number).ok_or("more than six bits")?));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Outcome, foretold};

    /// The string of the specification, its letters changed by hand: characters 18 and 19 are the
    /// language, and the country is the last three bits of character 33 to the first three of 35.
    #[test]
    fn letters_beyond_z_are_characters_and_the_rest_is_as_without_them() -> Outcome<()> {
        let string = |letters, country| {
            format!("COvFyGBOvFyGBAbAAA{letters}APCAAOAAAAAAA{country}AEEUACCKAAA")
        };
        let read = |string: &str| {
            foretold(string, |tc| {
                json!({ "language": tc.language(), "publisher_country": tc.publisher_country(),
                    "cmp_id": tc.cmp_id() })
            })
        };
        let with = |language, country| json!({ "language": language, "publisher_country": country, "cmp_id": 27 });
        assert_eq!(read(&string("EN", "AAA"))?, with("EN", "AA"));
        assert_eq!(read(&string("aA", "AAA"))?, with("[A", "AA"));
        assert_eq!(read(&string("__", "AAA"))?, with("\u{80}\u{80}", "AA"));
        // 000 111001 000000 000: `z` and `A`.
        assert_eq!(read(&string("EN", "HIA"))?, with("EN", "ZA"));
        // 000 111010 000000 000: `{` is no letter of a country to it.
        assert_eq!(read(&string("EN", "HQA"))?, json!(null));
        assert_eq!(read("COvFyGBOvFyGBAbAAAaAAPCAAOAAAAAAAAAAAEE")?, json!(null));
        Ok(())
    }
}
