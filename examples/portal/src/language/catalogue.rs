//! Catalogues of texts in other languages: GNU gettext's PO, compiled in.

use std::collections::HashMap;
use std::sync::LazyLock;

use polib::po_file;

const GERMAN: &str = include_str!("../../locales/de.po");

/// What English texts are in another language.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    singular: HashMap<String, String>,
    /// One, and any other number.
    plural: HashMap<String, [String; 2]>,
}

/// The German catalogue. A test reads it; a portal that could not would speak English.
pub(super) fn german() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> =
        LazyLock::new(|| Catalogue::parse(GERMAN).unwrap_or_default());
    &CATALOGUE
}

impl Catalogue {
    /// `None` for what is no PO file, or is not translated to the end.
    fn parse(text: &str) -> Option<Self> {
        let mut catalogue = Self::default();
        for message in po_file::parse_from_reader(text.as_bytes()).ok()?.messages() {
            if message.is_plural() {
                let forms = message.msgstr_plural().ok()?.clone();
                let forms = <[String; 2]>::try_from(forms).ok()?;
                catalogue.plural.insert(message.msgid().to_owned(), forms);
            } else {
                let translated = message.msgstr().ok()?.to_owned();
                catalogue.singular.insert(message.msgid().to_owned(), translated);
            }
        }
        Some(catalogue)
    }

    pub(super) fn find(&self, english: &str) -> Option<&str> {
        self.singular.get(english).filter(|text| !text.is_empty()).map(String::as_str)
    }

    pub(super) fn find_plural(&self, english: &str, is_one: bool) -> Option<&str> {
        let [one, other] = self.plural.get(english)?;
        let text = if is_one { one } else { other };
        Some(text.as_str()).filter(|text| !text.is_empty())
    }

    /// Every form of a text.
    #[cfg(test)]
    pub(super) fn all_of(&self, english: &str) -> Vec<&str> {
        let plural = self.plural.get(english).into_iter().flatten();
        plural.chain(self.singular.get(english)).map(String::as_str).collect()
    }

    /// The texts that are translated, but for the header of the file.
    #[cfg(test)]
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = self.singular.keys().chain(self.plural.keys()).map(String::as_str);
        texts.filter(|text| !text.is_empty())
    }
}
