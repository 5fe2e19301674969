//! Values of JavaScript, as text.

use super::super::json::safe_in_script;

/// A value.
pub(super) enum Script {
    Text(String),
    Number(u64),
    Truth(bool),
    /// A regular expression.
    Pattern(String),
    List(Vec<Self>),
    /// Members in this order.
    Object(Vec<(String, Self)>),
}

/// An object of members in this order.
pub(super) fn object<const N: usize>(members: [(&str, Script); N]) -> Script {
    Script::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A text.
pub(super) fn text(text: &str) -> Script {
    Script::Text(text.to_owned())
}

/// Text that a library puts into a page as HTML.
pub(super) fn html(text: &str) -> Script {
    Script::Text(super::super::html::escape(text))
}

impl Script {
    /// A statement that gives this value to a variable.
    pub(super) fn assigned_to(&self, variable: &str) -> String {
        let mut out = format!("var {variable} = ");
        self.write(&mut out, 0);
        out.push_str(";\n");
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        match self {
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Truth(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Pattern(pattern) => {
                // No literal: there is nothing that could end a string of JSON.
                out.extend(["new RegExp(", &quoted(pattern), ")"]);
            }
            Self::List(values) => {
                let values = values.iter().map(|value| (String::new(), value));
                lines(out, depth, ['[', ']'], values);
            }
            Self::Object(members) => {
                let members =
                    members.iter().map(|(key, value)| (format!("{}: ", quoted(key)), value));
                lines(out, depth, ['{', '}'], members);
            }
        }
    }
}

fn lines<'a>(
    out: &mut String,
    depth: usize,
    [start, end]: [char; 2],
    values: impl Iterator<Item = (String, &'a Script)>,
) {
    out.push(start);
    let mut is_empty = true;
    for (key, value) in values {
        out.push_str(if is_empty { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth.saturating_add(1)));
        out.push_str(&key);
        value.write(out, depth.saturating_add(1));
        is_empty = false;
    }
    if !is_empty {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(end);
}

fn quoted(text: &str) -> String {
    safe_in_script(&serde_json::Value::from(text).to_string())
}
