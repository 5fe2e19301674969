//! RFC 6962 §2.1: roots by another implementation, proofs right and wrong by a third.

use upheld_ledger::{Consistency, ConsistencyProver, Disproof, Hash, Inclusion, InclusionProver};
use upheld_ledger::{ProofError, Tree};

use crate::{rows, tree};

const ROOTS: &str = include_str!("../vectors/roots.txt");
const INCLUSION: &str = include_str!("../vectors/inclusion.txt");
const CONSISTENCY: &str = include_str!("../vectors/consistency.txt");

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|number| Hash::of_leaf(format!("entry {number}").as_bytes())).collect()
}

//= RFC 6962 §2.1: the left subtree holds the largest power of two of leaves that leaves some
#[test]
fn roots() {
    let rows = rows(ROOTS);
    assert_eq!(rows.len(), 130, "a vector went missing");
    let mut tree = Tree::default();
    for (leaf, row) in leaves(130).into_iter().zip(rows) {
        assert_eq!(tree.root().to_string(), row[0], "{} leaves", tree.size());
        let resumed = Tree::from_peaks(tree.size(), tree.peaks().to_vec());
        assert_eq!(resumed.as_ref(), Some(&tree));
        assert_eq!(
            Tree::from_peaks(tree.size() + 1, tree.peaks().to_vec()).is_some(),
            (tree.size() + 1).count_ones() == tree.size().count_ones()
        );
        tree.push(leaf);
    }
}

fn hash(text: &str) -> Option<Hash> {
    Hash::parse(text).ok()
}

fn hashes(text: &str) -> Option<Vec<Hash>> {
    if text == "-" { Some(Vec::new()) } else { text.split(',').map(hash).collect() }
}

/// Whether the proof of a row holds; what is not even a proof does not.
fn holds_inclusion(row: &[&str]) -> Option<bool> {
    let (index, size) = (row[1].parse().ok()?, row[2].parse().ok()?);
    let proof = Inclusion::from_parts(index, size, hashes(row[5])?).ok()?;
    Some(proof.verify(hash(row[4])?, hash(row[3])?).is_ok())
}

fn holds_consistency(row: &[&str]) -> Option<bool> {
    let (early, late) = (row[1].parse().ok()?, row[2].parse().ok()?);
    let proof = Consistency::from_parts(early, late, hashes(row[5])?).ok()?;
    Some(proof.verify(hash(row[3])?, hash(row[4])?).is_ok())
}

//= RFC 9162 §2.1.3.2: sides are told from the index and the last index, both shifted
#[test]
fn inclusion_proofs_of_transparency_dev() {
    let rows = rows(INCLUSION);
    assert_eq!(rows.len(), 98, "a vector went missing");
    for row in rows {
        assert_eq!(holds_inclusion(&row) == Some(true), row[6] == "holds", "{}", row[0]);
    }
}

//= RFC 9162 §2.1.4.2: both roots are computed from one path
#[test]
fn consistency_proofs_of_transparency_dev() {
    let rows = rows(CONSISTENCY);
    assert_eq!(rows.len(), 97, "a vector went missing");
    for row in rows {
        assert_eq!(holds_consistency(&row) == Some(true), row[6] == "holds", "{}", row[0]);
    }
}

//= RFC 6962 §2.1.1: at every split, the half without the leaf
#[test]
fn every_entry_of_every_small_tree() {
    for size in 1..40 {
        let leaves = leaves(size);
        let root = tree(&leaves).root();
        for (index, leaf) in (0..).zip(&leaves) {
            let proof = Inclusion::prove(index, &leaves).unwrap();
            assert_eq!(proof.verify(*leaf, root), Ok(()), "{index} of {size}");
            let other = (index + 1) % size;
            let moved = Inclusion::from_parts(other, size, proof.path().to_vec());
            let holds = moved.is_ok_and(|moved| moved.verify(*leaf, root).is_ok());
            assert_eq!(holds, size == 1, "{index} of {size}");
            let other_root = tree(&leaves[1..]).root();
            assert_eq!(proof.verify(*leaf, other_root), Err(Disproof::Inclusion));
        }
    }
}

//= RFC 6962 §2.1.2: the split goes on until the earlier tree is made of whole subtrees
#[test]
fn every_prefix_of_every_small_tree() {
    for late in 1..40_u64 {
        let leaves = leaves(late);
        let late_root = tree(&leaves).root();
        for early in 1..=late {
            let early_leaves = &leaves[..usize::try_from(early).unwrap()];
            let proof = Consistency::prove(early, &leaves).unwrap();
            assert_eq!(
                proof.verify(tree(early_leaves).root(), late_root),
                Ok(()),
                "{early} of {late}"
            );
            let mut other = early_leaves.to_vec();
            other[0] = Hash::EMPTY;
            let fork = proof.verify(tree(&other).root(), late_root);
            assert_eq!(fork, Err(Disproof::Consistency), "{early} of {late}");
        }
    }
}

#[test]
fn proofs_that_cannot_be() {
    let leaves = leaves(5);
    assert_eq!(Inclusion::prove(5, &leaves), Err(ProofError::Index { index: 5, size: 5 }));
    assert_eq!(Inclusion::prove(0, &[]), Err(ProofError::Index { index: 0, size: 0 }));
    assert_eq!(Consistency::prove(6, &leaves), Err(ProofError::Sizes { early: 6, late: 5 }));
    assert_eq!(Consistency::prove(0, &leaves), Err(ProofError::Sizes { early: 0, late: 5 }));
    let path = vec![Hash::EMPTY; 2];
    let short = Inclusion::from_parts(0, 5, path.clone()).unwrap_err();
    assert_eq!(short, ProofError::Length { found: 2, expected: 3 });
    assert!(Consistency::from_parts(3, 5, path).is_err());
    assert_eq!(short.to_string(), "2 hashes in the proof; it takes 3");
    // Sizes at the end of the range cost nothing but a path of that length.
    let widest = Inclusion::from_parts(u64::MAX - 1, u64::MAX, vec![Hash::EMPTY; 63]);
    assert!(widest.unwrap().verify(Hash::EMPTY, Hash::EMPTY).is_err());
    assert!(Consistency::from_parts(u64::MAX - 1, u64::MAX, Vec::new()).is_err());
}

#[test]
fn a_prover_wants_every_leaf() {
    let mut prover = InclusionProver::new(1, 3).unwrap();
    prover.push(Hash::EMPTY);
    assert_eq!(prover.clone().finish(), Err(ProofError::Leaves { found: 1, expected: 3 }));
    for _ in 0..3 {
        prover.push(Hash::EMPTY);
    }
    assert_eq!(prover.finish(), Err(ProofError::Leaves { found: 4, expected: 3 }));
    let prover = ConsistencyProver::new(1, 3).unwrap();
    assert_eq!(prover.finish(), Err(ProofError::Leaves { found: 0, expected: 3 }));
}
