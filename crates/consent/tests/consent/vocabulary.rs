//! Every term that records are read by exists where it is said to.

use std::collections::BTreeSet;

use upheld_consent::Vocabulary;
use upheld_consent::{DataCategory, LawfulBasis, PurposeKind, SpecialCategoryCondition, Term};

/// The names in a vector file, without its comments.
pub(crate) fn names(text: &'static str) -> BTreeSet<&'static str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

pub(crate) fn dpv() -> BTreeSet<&'static str> {
    let names = names(include_str!("../vectors/dpv-2.3.txt"));
    assert_eq!(names.len(), 1589);
    names
}

#[test]
fn dpv_has_every_term() {
    let mut terms: Vec<Term> = DataCategory::ALL.iter().map(|it| it.dpv()).collect();
    terms.extend(PurposeKind::ALL.iter().map(|it| it.dpv()));
    terms.extend(LawfulBasis::ALL.iter().map(|it| it.dpv()));
    terms.extend(SpecialCategoryCondition::ALL.iter().map(|it| it.dpv()));
    assert_eq!(terms.len(), 22 + 16 + 7 + 10);
    let known = dpv();
    for term in terms {
        assert!(known.contains(&*term.to_string()), "{term}");
        let (namespace, name) = (term.vocabulary().namespace(), term.name());
        assert_eq!(term.to_iri(), format!("{namespace}{name}"));
    }
}

#[test]
fn fideslang_has_every_key() {
    let known = names(include_str!("../vectors/fideslang-3.1.txt"));
    assert_eq!(known.len(), 139);
    for category in DataCategory::ALL {
        let key = format!("data_category {}", category.fideslang());
        assert!(known.contains(&*key), "{key}");
    }
    for kind in PurposeKind::ALL {
        let key = format!("data_use {}", kind.fideslang());
        assert!(known.contains(&*key), "{key}");
    }
}

#[test]
fn a_namespace_is_of_one_vocabulary() {
    let spaces: BTreeSet<&str> = Vocabulary::ALL.iter().map(|it| it.namespace()).collect();
    let prefixes: BTreeSet<&str> = Vocabulary::ALL.iter().map(|it| it.prefix()).collect();
    assert_eq!((spaces.len(), prefixes.len()), (Vocabulary::ALL.len(), Vocabulary::ALL.len()));
}
