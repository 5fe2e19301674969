//! Rust source measured by its tokens, so that comments and layout cannot deceive.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use proc_macro2::{LineColumn, Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// What a file holds outside its `#[cfg(test)]` items.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Lines that are neither blank nor comment.
    pub(crate) plain: usize,
    /// Plain lines that name something and are not only an attribute, `use` or `mod`.
    pub(crate) code: usize,
    pub(crate) functions: Vec<Function>,
    /// The lines that say `unsafe` or `macro_rules`.
    pub(crate) forbidden: Vec<(usize, String)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Where its signature begins.
    pub(crate) line: usize,
    /// Plain lines from its signature to its last brace.
    pub(crate) plain: usize,
}

/// Measures one file.
pub(crate) fn measure(text: &str) -> Result<Measure> {
    let file = syn::parse_file(text).context("not Rust")?;
    let mut outline = Outline { text, ..Outline::default() };
    outline.visit_file(&file);

    let mut tokens = Vec::new();
    collect(text.parse().map_err(|_| anyhow::anyhow!("not Rust"))?, &mut tokens);
    tokens.retain(|token| !outline.comments.iter().any(|range| range.holds(token)));
    tokens.retain(|token| !outline.tests.iter().any(|range| range.holds(token)));
    let plain = lines(tokens.iter());
    let is_code = |token: &&Token| {
        token.word.is_some() && !outline.frame.iter().any(|range| range.holds(token))
    };
    Ok(Measure {
        code: lines(tokens.iter().filter(is_code)).len(),
        functions: outline
            .functions
            .iter()
            .filter(|(_, range)| !outline.tests.iter().any(|test| test.covers(range)))
            .map(|(name, range)| Function {
                name: name.clone(),
                line: range.start.line,
                plain: plain.range(range.start.line..=range.end.line).count(),
            })
            .collect(),
        forbidden: tokens
            .iter()
            .filter_map(|token| Some((token.range.start.line, token.word.clone()?)))
            .filter(|(_, word)| ["unsafe", "macro_rules"].contains(&&**word))
            .collect(),
        plain: plain.len(),
    })
}

#[derive(Clone, Copy, Debug)]
struct Range {
    start: LineColumn,
    end: LineColumn,
}

impl Range {
    fn of(span: Span) -> Self {
        Self { start: span.start(), end: span.end() }
    }

    fn holds(&self, token: &Token) -> bool {
        self.covers(&token.range)
    }

    fn covers(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

struct Token {
    range: Range,
    /// The text of an identifier, a keyword or a literal; nothing for brackets and punctuation.
    word: Option<String>,
}

fn collect(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let word = match &tree {
            TokenTree::Group(group) => {
                for edge in [group.span_open(), group.span_close()] {
                    tokens.push(Token { range: Range::of(edge), word: None });
                }
                collect(group.stream(), tokens);
                continue;
            }
            TokenTree::Punct(_) => None,
            TokenTree::Ident(ident) => Some(ident.to_string()),
            TokenTree::Literal(literal) => Some(literal.to_string()),
        };
        tokens.push(Token { range: Range::of(tree.span()), word });
    }
}

fn lines<'a>(tokens: impl Iterator<Item = &'a Token>) -> BTreeSet<usize> {
    tokens.flat_map(|token| token.range.start.line..=token.range.end.line).collect()
}

/// Where things are that count for less, or for more, than their tokens.
#[derive(Default)]
struct Outline<'a> {
    text: &'a str,
    comments: Vec<Range>,
    /// Attributes, `use` and `mod`.
    frame: Vec<Range>,
    tests: Vec<Range>,
    functions: Vec<(String, Range)>,
}

impl Outline<'_> {
    /// Notes a function that begins where its signature does, below its attributes.
    fn function(&mut self, signature: &syn::Signature, whole: Span) {
        let range = Range { start: signature.span().start(), end: whole.end() };
        self.functions.push((signature.ident.to_string(), range));
    }

    fn is_comment(&self, attribute: &syn::Attribute) -> bool {
        let start = attribute.span().start();
        let line = self.text.lines().nth(start.line.saturating_sub(1)).unwrap_or_default();
        let rest: String = line.chars().skip(start.column).take(2).collect();
        attribute.path().is_ident("doc") && ["//", "/*"].contains(&&*rest)
    }
}

impl<'ast> Visit<'ast> for Outline<'_> {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let range = Range::of(attribute.span());
        let list = if self.is_comment(attribute) { &mut self.comments } else { &mut self.frame };
        list.push(range);
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        if let syn::Item::Mod(module) = item
            && module.attrs.iter().any(is_test)
        {
            self.tests.push(Range::of(item.span()));
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.frame.push(Range::of(item.span()));
        visit::visit_item_use(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() {
            self.frame.push(Range::of(item.span()));
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, item.span());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, item.span());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.sig, item.span());
        visit::visit_trait_item_fn(self, item);
    }
}

fn is_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::{Function, measure};

    #[test]
    fn comments_attributes_imports_and_brackets_carry_no_code() {
        let text = r#"
            //! About this file.
            use core::fmt;
            mod inner;

            /// Says something.
            #[derive(
                Debug,
            )]
            pub struct Pair(
                /* left */ u8,
                // right
                u8,
            );

            #[doc = "said by an attribute"]
            impl Pair {
                /// Adds.
                #[must_use]
                fn sum(&self) -> [u8; 1] {
                    // Not yet wide enough.
                    [self.0 + self.1]
                }
            }
            const TEXT: &str = "two
                lines";
        "#;
        let measured = measure(text).unwrap();
        assert_eq!((measured.plain, measured.code), (18, 8), "{measured:?}");
        assert_eq!(measured.functions, [Function { name: "sum".into(), line: 20, plain: 3 }]);
        assert_eq!(measured.forbidden, []);
    }

    #[test]
    fn test_modules_do_not_count_and_cannot_hide_the_rest() {
        let text = "#[cfg(test)]\nmod tests {\n    fn a() { unsafe {} }\n}\nfn b() {}\n";
        let measured = measure(text).unwrap();
        assert_eq!((measured.plain, measured.code, measured.functions.len()), (1, 1, 1));
        assert_eq!(measured.forbidden, []);
    }

    #[test]
    fn unsafe_and_macros_are_found_but_not_in_text() {
        let text = "fn a() {\n    unsafe { b() }\n}\nmacro_rules! m { () => {} }\n\
                    // unsafe\nconst C: &str = \"unsafe\";\n#![forbid(unsafe_code)]\n";
        let text = text.replace("#![", "#[").replace("#[forbid(unsafe_code)]\n", "");
        let found = measure(&text).unwrap().forbidden;
        assert_eq!(found, [(2, "unsafe".into()), (4, "macro_rules".into())]);
    }

    #[test]
    fn what_is_not_rust_is_refused() {
        assert!(measure("fn (").is_err());
    }
}
