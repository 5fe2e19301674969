//! Reading through `serde_json`, which knows JSON's grammar; what is refused beyond it is here.

use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Integer, JsonError, MAX_DEPTH, Name, Object, Value};

pub(super) fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let refusal = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let seed = Seed { refusal: &refusal, depth: 0 };
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match refusal.get() {
            None => JsonError::Syntax { line, column },
            Some(Refusal::Number) => JsonError::Number { line, column },
            Some(Refusal::Twice) => JsonError::Twice { line, column },
            Some(Refusal::Depth) => JsonError::Depth { line, column },
        }
    })
}

#[derive(Clone, Copy)]
enum Refusal {
    Number,
    Twice,
    Depth,
}

/// Reads one value, `depth` objects and arrays down.
#[derive(Clone, Copy)]
struct Seed<'a> {
    refusal: &'a Cell<Option<Refusal>>,
    depth: usize,
}

impl Seed<'_> {
    fn refuse<T, E: serde::de::Error>(self, refusal: Refusal) -> Result<T, E> {
        self.refusal.set(Some(refusal));
        Err(E::custom("refused"))
    }

    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.saturating_add(1);
        if depth > MAX_DEPTH { self.refuse(Refusal::Depth) } else { Ok(Self { depth, ..self }) }
    }

    fn integer<E: serde::de::Error>(self, number: Option<i64>) -> Result<Value, E> {
        match number.and_then(Integer::new) {
            Some(integer) => Ok(Value::Integer(integer)),
            None => self.refuse(Refusal::Number),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Value, E> {
        self.integer(Some(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        self.integer(i64::try_from(number).ok())
    }

    /// A whole number may be spelled like a fraction, as 56.0 or 1e2; −0 is 0.
    //= RFC 8785 §3.2.2.3: a number is what a double of IEEE 754 holds, written without a fraction
    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        let is_whole = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0;
        let text = format!("{number:.0}");
        let digits = if text == "-0" { "0" } else { &text };
        self.integer(digits.parse().ok().filter(|_| is_whole))
    }

    fn visit_str<E>(self, string: &str) -> Result<Value, E> {
        Ok(Value::Text(string.into()))
    }

    fn visit_string<E>(self, string: String) -> Result<Value, E> {
        Ok(Value::Text(string))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.inside()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let seed = self.inside()?;
        let mut object = Object::default();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(seed)?;
            //= RFC 7493 §2.3: no name stands twice in an object
            if object.0.insert(Name(name), value).is_some() {
                return self.refuse(Refusal::Twice);
            }
        }
        Ok(Value::Object(object))
    }
}
