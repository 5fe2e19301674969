//! The page as Markdown.

use super::document::{Block, Inline, Section, Table, filled, visible};

/// The page: `CommonMark`, with tables as GitHub has them.
pub(super) fn page(content: &Section) -> String {
    let mut out = format!("# {}\n\n", line(&content.title));
    write(&mut out, &content.blocks, 2);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn write(out: &mut String, blocks: &[Block], level: usize) {
    for block in blocks {
        match block {
            Block::Paragraph(text) => out.extend([&line(text), "\n\n"]),
            Block::List(lines) => {
                for text in lines {
                    out.extend(["- ", &line(text), "\n"]);
                }
                out.push('\n');
            }
            Block::Facts(facts) => {
                for (name, text) in facts {
                    out.extend(["- **", name, ":** ", &line(text), "\n"]);
                }
                out.push('\n');
            }
            Block::Table(table) => write_table(out, table),
            Block::Section(section) => {
                let marks = "#".repeat(level.min(6));
                out.extend([&marks, " ", &line(&section.title), "\n\n"]);
                write(out, &section.blocks, level.saturating_add(1));
            }
        }
    }
}

fn write_table(out: &mut String, table: &Table) {
    out.extend(["*", &line(&table.caption), "*\n\n| ", &table.columns.join(" | "), " |\n|"]);
    out.extend(["---|".repeat(table.columns.len()), "\n".to_owned()]);
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| line(cell)).collect();
        out.extend(["| ", &cells.join(" | "), " |\n"]);
    }
    out.push('\n');
}

fn line(inlines: &[Inline]) -> String {
    let text: String = inlines.iter().map(inline).collect();
    text.trim().to_owned()
}

fn inline(inline_: &Inline) -> String {
    match inline_ {
        Inline::Text(text) => (*text).to_owned(),
        Inline::Filled(text, value) => filled(text, value),
        Inline::Words(text) => text.clone(),
        Inline::Said(text) => escape(text),
        Inline::Code(text) => code(text),
        Inline::Strong(text) => format!("**{text}**"),
        Inline::Link(of, address) => format!("[{}]({})", inline(of), destination(address)),
        // Where a heading's anchor is depends on who renders it.
        Inline::Reference(of, _) => inline(of),
    }
}

/// A name in a span of code if nothing in it means anything there or in a table, and else as text.
fn code(text: &str) -> String {
    let is_plain = text.chars().all(|letter| letter.is_ascii_graphic() && !"`|\\".contains(letter));
    if is_plain && !text.is_empty() { format!("`{text}`") } else { escape(text) }
}

/// Text that is nothing but text.
///
/// Any punctuation of ASCII may have a backslash before it, and none of it then starts or ends
/// anything, the links that GitHub makes of bare URLs included.
///
/// # Source
///
/// `CommonMark` 0.31.2 §2.4 (backslash escapes); GitHub Flavored Markdown §6.9 (autolinks).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = visible(text).chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(letter) = rest.next() {
        let before = escaped.chars().last();
        let is_in_word = before.is_some_and(char::is_alphanumeric)
            && rest.peek().is_some_and(|next| next.is_alphanumeric());
        let is_plain = match letter {
            // They begin and end nothing by themselves: every `]` has a backslash.
            ',' | ';' | '\'' | '/' | '?' | '(' => true,
            // After a number it makes a list.
            ')' => before.is_none_or(|last| !last.is_ascii_digit()),
            '-' => is_in_word,
            // After a number it makes a list, and after `www` a link.
            '.' => before.is_some_and(|last| last.is_alphabetic() && !"wW".contains(last)),
            _ => false,
        };
        //= CommonMark 0.31.2 §2.4: punctuation after a backslash is that character and no syntax
        if letter.is_ascii_punctuation() && !is_plain {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// An address between brackets: whatever could end it or start something is percent-encoded.
fn destination(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    for letter in address.chars() {
        if letter == '&' {
            // Else `&copy=1` is the sign of copyright.
            encoded.push_str("&amp;");
            continue;
        }
        if letter.is_ascii_alphanumeric() || "-._~:/?#@!$+,;=%".contains(letter) {
            encoded.push(letter);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in letter.encode_utf8(&mut bytes).bytes() {
            encoded.extend(["%", &format!("{byte:02X}")]);
        }
    }
    encoded
}
