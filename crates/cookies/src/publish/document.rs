//! A page before it has a form: sections of paragraphs, lists, tables and facts.

/// A section with a heading.
#[derive(Debug)]
pub(super) struct Section {
    /// Unique on the page; of letters, digits and hyphens.
    pub(super) id: String,
    pub(super) title: Vec<Inline>,
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    List(Vec<Vec<Inline>>),
    Table(Table),
    /// Names and what is said of each.
    Facts(Vec<(&'static str, Vec<Inline>)>),
    Section(Section),
}

/// A table whose first column names the row.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) caption: Vec<Inline>,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
}

/// A piece of a line.
#[derive(Clone, Debug)]
pub(super) enum Inline {
    /// Words of this crate.
    Text(&'static str),
    /// Words of this crate with `{}` for a number, a day or other words of the crate.
    Filled(&'static str, String),
    /// A number or a day, which is the same in every language.
    Words(String),
    /// Words of the declaration, in its language.
    Said(String),
    /// A name as a machine has it.
    Code(String),
    Strong(&'static str),
    /// A link to an address of the declaration, under words of the crate or of the declaration.
    Link(Box<Self>, String),
    /// A link to a section of the page.
    Reference(Box<Self>, String),
}

impl Section {
    pub(super) fn new(id: impl Into<String>, title: Vec<Inline>) -> Self {
        Self { id: id.into(), title, blocks: Vec::new() }
    }

    pub(super) fn paragraph(&mut self, line: Vec<Inline>) {
        self.blocks.push(Block::Paragraph(line));
    }

    /// A paragraph of fixed words.
    pub(super) fn text(&mut self, text: &'static str) {
        self.paragraph(vec![Inline::Text(text)]);
    }

    /// A list, unless it is empty.
    pub(super) fn list(&mut self, lines: Vec<Vec<Inline>>) {
        if !lines.is_empty() {
            self.blocks.push(Block::List(lines));
        }
    }

    /// A section below this one.
    pub(super) fn section(&mut self, section: Self) {
        self.blocks.push(Block::Section(section));
    }
}

/// The words with the value in its place.
pub(super) fn filled(words: &str, value: &str) -> String {
    words.replacen("{}", value, 1)
}

/// Joins lines with a comma between them.
pub(super) fn joined(lines: impl IntoIterator<Item = Vec<Inline>>) -> Vec<Inline> {
    let mut all: Vec<Inline> = Vec::new();
    for line in lines {
        if !all.is_empty() {
            all.push(Inline::Text(", "));
        }
        all.extend(line);
    }
    all
}

/// Text on one line, with characters that would change what stands beside them written out.
///
/// Those are controls and the marks that turn the direction of writing: with them a name could look
/// like another.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut is_after_blank = false;
    for letter in text.chars() {
        let is_blank = matches!(letter, ' ' | '\t' | '\n' | '\r');
        if is_blank {
            if !is_after_blank {
                shown.push(' ');
            }
        } else if letter.is_control() || turns_direction(letter) {
            shown.extend(["[U+", &format!("{:04X}", u32::from(letter)), "]"]);
        } else {
            shown.push(letter);
        }
        is_after_blank = is_blank;
    }
    shown
}

const fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{61C}')
}
