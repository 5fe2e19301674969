//! The page as HTML.

use core::fmt::Write as _;

use super::Say;
use super::document::{Block, Inline, Section, Table, filled, visible};
use crate::policy::Policy;

const STYLE: &str = include_str!("page.css");

/// A complete page.
pub(super) fn page(content: &Section, policy: &Policy) -> String {
    let language = policy.language();
    let mut writer = Writer::new(language, ENGLISH, &as_it_is);
    writer.line(&content.title);
    let title = core::mem::take(&mut writer.out);
    let name = escape(&policy.site().name);
    let fragment = fragment(content, language, ENGLISH, &as_it_is);
    //= WCAG 2.2, 3.1.1: the language of the page is told
    //= WCAG 2.2, 2.4.2: a page has a title that says what it is
    //= WCAG 2.2, 1.4.10: no scrolling sideways at 320 pixels
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}: {name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <main>\n<h1>{title}</h1>\n{fragment}</main>\n</body>\n</html>\n"
    )
}

/// The content below a heading of the first level, in the language `page`; `said` is that of the
/// declaration.
pub(super) fn fragment(content: &Section, said: &str, page: &str, say: Say<'_>) -> String {
    let mut writer = Writer::new(said, page, say);
    writer.put(format_args!("<div class=\"cookie-policy\" lang=\"{}\">\n", escape(page)));
    writer.blocks(&content.blocks, 2);
    writer.out.push_str("</div>\n");
    writer.out
}

/// The language of the crate's own words.
pub(super) const ENGLISH: &str = "en";

/// No translation.
pub(super) const fn as_it_is(_: &str) -> Option<String> {
    None
}

/// Text that is nothing but text, in an element and in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    escape_shown(&visible(text))
}

fn escape_shown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

struct Writer<'s> {
    out: String,
    say: Say<'s>,
    /// The language of the declaration as an attribute, unless it is that of the page.
    said: String,
}

impl<'s> Writer<'s> {
    fn new(said: &str, page: &str, say: Say<'s>) -> Self {
        let primary = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let is_same = primary(said) == primary(page);
        //= WCAG 2.2, 3.1.2: the language of a part is told where it is another
        let said = if is_same { String::new() } else { format!(" lang=\"{}\"", escape(said)) };
        Self { out: String::new(), say, said }
    }

    /// Words of the crate in the language of the page. Blanks around them stay.
    fn say(&self, english: &str) -> String {
        let words = english.trim_matches(' ');
        match self.translated(words) {
            Some(translated) => english.replacen(words, &translated, 1),
            None => english.to_owned(),
        }
    }

    /// Nobody is asked about no words: a catalogue may answer with what it says of itself.
    fn translated(&self, words: &str) -> Option<String> {
        if words.is_empty() { None } else { (self.say)(words) }
    }

    fn blocks(&mut self, blocks: &[Block], level: u8) {
        for block in blocks {
            match block {
                Block::Paragraph(line) => self.element("p", line),
                Block::List(lines) => {
                    self.out.push_str("<ul>\n");
                    for line in lines {
                        self.element("li", line);
                    }
                    self.out.push_str("</ul>\n");
                }
                Block::Facts(facts) => {
                    self.out.push_str("<dl>\n");
                    for (name, line) in facts {
                        self.element("dt", &[Inline::Text(name)]);
                        self.element("dd", line);
                    }
                    self.out.push_str("</dl>\n");
                }
                Block::Table(table) => self.table(table),
                Block::Section(section) => self.section(section, level),
            }
        }
    }

    //= WCAG 2.2, 1.3.1: headings are elements, and a section's follows its parent's by one level
    fn section(&mut self, section: &Section, level: u8) {
        let id = escape(&section.id);
        let heading = format!("h{}", level.min(6));
        self.put(format_args!("<section aria-labelledby=\"{id}\">\n<{heading} id=\"{id}\">"));
        self.line(&section.title);
        self.put(format_args!("</{heading}>\n"));
        self.blocks(&section.blocks, level.saturating_add(1));
        self.out.push_str("</section>\n");
    }

    //= WCAG 2.2, 1.3.1: a table has a caption, and its headings say what they head
    fn table(&mut self, table: &Table) {
        self.out.push_str("<table>\n<caption>");
        self.line(&table.caption);
        self.out.push_str("</caption>\n<thead>\n<tr>");
        for column in &table.columns {
            let column = escape(&self.say(column));
            self.put(format_args!("<th scope=\"col\">{column}</th>"));
        }
        self.out.push_str("</tr>\n</thead>\n<tbody>\n");
        for row in &table.rows {
            self.out.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let (start, end) = match index {
                    0 => ("<th scope=\"row\">", "</th>"),
                    _ => ("<td>", "</td>"),
                };
                self.out.push_str(start);
                self.line(cell);
                self.out.push_str(end);
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n");
    }

    fn element(&mut self, name: &str, line: &[Inline]) {
        self.put(format_args!("<{name}>"));
        self.line(line);
        self.put(format_args!("</{name}>\n"));
    }

    fn line(&mut self, line: &[Inline]) {
        for inline in line {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(text) => self.out.push_str(&escape(&self.say(text))),
            Inline::Filled(text, value) => {
                self.out.push_str(&escape(&filled(&self.say(text), value)));
            }
            Inline::Words(text) => self.out.push_str(&escape(text)),
            Inline::Said(text) => {
                let translated = self.translated(text);
                let said = if translated.is_some() { "" } else { &*self.said };
                let shown = escape(translated.as_deref().unwrap_or(text));
                let element = format!("<bdi{said}>{shown}</bdi>");
                self.out.push_str(&element);
            }
            Inline::Code(text) => self.put(format_args!("<code>{}</code>", escape(text))),
            Inline::Strong(text) => {
                let text = escape(&self.say(text));
                self.put(format_args!("<strong>{text}</strong>"));
            }
            Inline::Link(of, address) => self.link(of, &escape_shown(address)),
            Inline::Reference(of, id) => self.link(of, &format!("#{}", escape(id))),
        }
    }

    fn link(&mut self, of: &Inline, address: &str) {
        self.put(format_args!("<a href=\"{address}\">"));
        self.inline(of);
        self.out.push_str("</a>");
    }

    fn put(&mut self, text: core::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _written = self.out.write_fmt(text);
    }
}
