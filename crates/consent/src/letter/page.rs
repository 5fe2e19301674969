//! A letter as plain text, and as a page.

use super::words::say;
use super::{Block, Letter};
use crate::markup::escaped;

const WIDTH: usize = 76;

pub(super) fn text(letter: &Letter) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(letter.sender.iter().map(|line| plain(line)));
    lines.push(String::new());
    lines.push(say::day(letter.date));
    lines.push(plain(&letter.addressee));
    lines.push(String::new());
    lines.push(plain(&letter.subject));
    lines.push(format!("Our reference: {}", plain(&letter.reference)));
    for block in &letter.blocks {
        lines.push(String::new());
        match block {
            Block::Heading(heading) => lines.push(heading.to_uppercase()),
            Block::Paragraph(paragraph) => wrap(paragraph, "", &mut lines),
            Block::List(items) => items.iter().for_each(|item| wrap(item, "- ", &mut lines)),
        }
    }
    lines.push(String::new());
    lines.push(letter.sender.first().map(|name| plain(name)).unwrap_or_default());
    lines.push(String::new());
    lines.join("\n")
}

/// Breaks a paragraph into lines, the first after `mark` and the others under it.
fn wrap(paragraph: &str, mark: &str, lines: &mut Vec<String>) {
    let under = " ".repeat(mark.len());
    let mut before = mark;
    for part in paragraph.lines() {
        let mut line = before.to_owned();
        let mut is_empty = true;
        for word in part.split_whitespace() {
            let length = line.chars().count().saturating_add(word.chars().count());
            if !is_empty && length >= WIDTH {
                lines.push(std::mem::replace(&mut line, under.clone()));
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(&plain(word));
            is_empty = false;
        }
        lines.push(line);
        before = &under;
    }
}

/// Without what a terminal or a mail program would take for more than a letter.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !is_hidden(*character)).collect()
}

/// Control characters, and those that turn the direction of what follows.
fn is_hidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn html(letter: &Letter) -> String {
    let mut page = vec![
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n".to_owned(),
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n".to_owned(),
        format!("<title>{}</title>\n</head>\n<body>\n<main>\n", escape(&letter.subject)),
    ];
    let sender: Vec<String> = letter.sender.iter().map(|line| escape(line)).collect();
    page.push(format!("<address>{}</address>\n", sender.join("<br>")));
    page.push(format!(
        "<p><time datetime=\"{}\">{}</time><br>{}</p>\n",
        letter.date,
        say::day(letter.date),
        escape(&letter.addressee)
    ));
    page.push(format!("<h1>{}</h1>\n", escape(&letter.subject)));
    page.push(format!("<p>Our reference: {}</p>\n", escape(&letter.reference)));
    for block in &letter.blocks {
        page.push(match block {
            Block::Heading(heading) => format!("<h2>{}</h2>\n", escape(heading)),
            Block::Paragraph(paragraph) => format!("<p>{}</p>\n", escape(paragraph)),
            Block::List(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| format!("<li>{}</li>\n", escape(item))).collect();
                format!("<ul>\n{}</ul>\n", items.concat())
            }
        });
    }
    let signed = letter.sender.first().map(|name| escape(name)).unwrap_or_default();
    page.push(format!("<p>{signed}</p>\n</main>\n</body>\n</html>\n"));
    page.concat()
}

/// On a page, an end of a line is one.
fn escape(text: &str) -> String {
    escaped(text).replace('\n', "<br>")
}
