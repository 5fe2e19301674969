//! RFC 8785 by its author's test data, and what is refused beyond it.

use upheld_ledger::{Integer, JsonError, Value};

const CASES: [(&str, &str); 5] = [
    (
        include_str!("../vectors/rfc8785/arrays.input.json"),
        include_str!("../vectors/rfc8785/arrays.output.json"),
    ),
    (
        include_str!("../vectors/rfc8785/french.input.json"),
        include_str!("../vectors/rfc8785/french.output.json"),
    ),
    (
        include_str!("../vectors/rfc8785/structures.input.json"),
        include_str!("../vectors/rfc8785/structures.output.json"),
    ),
    (
        include_str!("../vectors/rfc8785/unicode.input.json"),
        include_str!("../vectors/rfc8785/unicode.output.json"),
    ),
    (
        include_str!("../vectors/rfc8785/weird.input.json"),
        include_str!("../vectors/rfc8785/weird.output.json"),
    ),
];
const VALUES: (&str, &str) = (
    include_str!("../vectors/rfc8785/values.input.json"),
    include_str!("../vectors/rfc8785/values.output.json"),
);

fn canonical(text: &str) -> Result<String, JsonError> {
    Value::parse(text.as_bytes()).map(|value| value.to_canonical())
}

//= RFC 8785 §3.2.3: names are sorted by their UTF-16 code units
#[test]
fn the_authors_test_data() {
    for (input, output) in CASES {
        assert_eq!(canonical(input).as_deref(), Ok(output));
        assert_eq!(canonical(output).as_deref(), Ok(output));
        assert!(Value::parse_canonical(output.as_bytes()).is_ok());
        assert!(matches!(
            Value::parse_canonical(input.as_bytes()),
            Err(JsonError::Spelling { .. })
        ));
    }
}

//= RFC 8785 §3.2.2.2: only quotation mark, backslash and control characters are escaped
//= RFC 8785 §3.2.2.3: a number is what a double of IEEE 754 holds, written without a fraction
#[test]
fn fractions_are_refused_and_the_rest_of_that_case_is_not() {
    let (input, output) = VALUES;
    assert_eq!(canonical(input), Err(JsonError::Number { line: 2, column: 32 }));
    let without = |text: &str, numbers: &str| text.replace(numbers, "[]");
    let input =
        without(input, "[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]");
    let output = without(output, "[333333333.3333333,1e+30,4.5,0.002,1e-27]");
    assert_eq!(canonical(&input), Ok(output));
}

//= RFC 7493 §2.2: integers beyond this are not exact in every reader
#[test]
fn integers() {
    let same = ["0", "-1", "9007199254740991", "-9007199254740991"];
    for text in same {
        assert_eq!(canonical(text).as_deref(), Ok(text));
        assert!(Value::parse_canonical(text.as_bytes()).is_ok());
    }
    let spelled = [("-0", "0"), ("1e2", "100"), ("56.0", "56"), ("-0.0", "0"), ("10E-1", "1")];
    for (text, expected) in spelled {
        assert_eq!(canonical(text).as_deref(), Ok(expected));
        assert!(Value::parse_canonical(text.as_bytes()).is_err());
    }
    for text in
        ["9007199254740992", "-9007199254740992", "1e16", "18446744073709551616", "1.5", "5e-324"]
    {
        assert!(matches!(canonical(text), Err(JsonError::Number { .. })), "{text}");
    }
    assert!(Integer::new(i64::MIN).is_none());
    assert_eq!(Integer::new(-5).map(Integer::get), Some(-5));
}

//= RFC 7493 §2.3: no name stands twice in an object
#[test]
fn names_stand_once() {
    for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"x":{"":0,"":0}}]"#] {
        assert!(matches!(canonical(text), Err(JsonError::Twice { .. })), "{text}");
    }
}

#[test]
fn what_is_no_json() {
    let bad = [
        "",
        " ",
        "{",
        "[1,]",
        "{'a':1}",
        "nul",
        "\"\\x\"",
        "\"\t\"",
        "01",
        "+1",
        "NaN",
        "1 2",
        "{\"a\":1}x",
    ];
    for text in bad {
        assert!(matches!(canonical(text), Err(JsonError::Syntax { .. })), "{text}");
    }
    for bytes in [&b"\"\xff\""[..], b"\"\\ud800\"", b"\xef\xbb\xbf1"] {
        assert!(matches!(Value::parse(bytes), Err(JsonError::Syntax { .. })));
    }
}

#[test]
fn nesting_ends() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(canonical(&nested(32)).is_ok());
    assert_eq!(canonical(&nested(33)), Err(JsonError::Depth { line: 1, column: 34 }));
    assert!(canonical(&nested(1_000_000)).is_err());
    let error = canonical(&nested(33)).unwrap_err().to_string();
    assert_eq!(error, "line 1, column 34: nested deeper than 32");
}

/// Every control character, and the ones around them.
#[test]
fn strings_are_spelled_as_other_json_writers_do() {
    for code in (0..0x3000).chain(0xe000..0x1_1000).filter_map(char::from_u32) {
        let text = code.to_string();
        // serde_json escapes the same characters, in the same way.
        let expected = serde_json::to_string(&text).unwrap();
        assert_eq!(Value::Text(text).to_canonical(), expected, "U+{:04X}", u32::from(code));
    }
}
