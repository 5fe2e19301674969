//! Putting the parts of an export together.

use super::fault::BatchFault;
use crate::Entry;

/// The most parts of a batch.
pub(super) const MAX_PARTS: u32 = 10_000;

/// Where a URI belongs.
#[derive(Clone, Copy)]
pub(super) struct Batch {
    pub(super) id: i32,
    /// How many parts there are, from 1 to [`MAX_PARTS`] when read.
    pub(super) size: u32,
    /// Which of them this is, from zero and below `size` when read.
    pub(super) index: u32,
}

pub(super) struct Part {
    pub(super) batch: Batch,
    pub(super) entries: Vec<Entry>,
}

/// The entries of all parts in the order of the batch, if they are all there.
pub(super) fn assemble(mut parts: Vec<Part>) -> Result<Vec<Entry>, BatchFault> {
    let Some(Batch { id, size, .. }) = parts.first().map(|part| part.batch) else {
        return Err(BatchFault::Empty);
    };
    let mut seen = vec![false; usize::try_from(size).unwrap_or_default()];
    for (part, Part { batch, .. }) in parts.iter().enumerate() {
        if (batch.id, batch.size) != (id, size) {
            return Err(BatchFault::Foreign { part });
        }
        let slot = usize::try_from(batch.index).ok().and_then(|index| seen.get_mut(index));
        if slot.is_none_or(|seen| core::mem::replace(seen, true)) {
            return Err(BatchFault::Repeated { part, index: batch.index });
        }
    }
    let missing: Vec<u32> =
        (0..).zip(&seen).filter(|(_, seen)| !**seen).map(|(index, _)| index).collect();
    if !missing.is_empty() {
        return Err(BatchFault::Missing { missing, size });
    }
    parts.sort_by_key(|part| part.batch.index);
    Ok(parts.into_iter().flat_map(|part| part.entries).collect())
}
