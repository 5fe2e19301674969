//! What a new version of a notice changes for those who consented to the old one.

use super::Notice;
use crate::PurposeId;

/// Whether a consent to the older notice covers what the newer one says.
///
/// # Source
///
/// UK GDPR Art 4(11), informed and specific: nobody consented to what they were not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "a consent may be over"]
#[expect(clippy::exhaustive_enums, reason = "the consent stands, or it does not")]
pub enum NoticeChange {
    /// The purpose is as it was, or less.
    Minor,
    /// Another controller, other words, another version in another language, more data, more
    /// recipients, another basis, kept otherwise; or it is not there any more.
    Material,
}

pub(super) fn between(older: &Notice, newer: &Notice, purpose: &PurposeId) -> NoticeChange {
    let (Some(old), Some(new)) = (older.purpose(purpose), newer.purpose(purpose)) else {
        return NoticeChange::Material;
    };
    // A translation of the same version says the same in other words. What another version says in
    // another language cannot be compared, and so nobody consented to it.
    let has_same_words = if older.draft.language == newer.draft.language {
        old.description() == new.description()
    } else {
        older.draft.version == newer.draft.version
    };
    let is_same = older.draft.controller.name == newer.draft.controller.name
        && has_same_words
        && old.kind() == new.kind()
        && old.basis() == new.basis()
        && old.condition() == new.condition()
        && old.storage() == new.storage()
        && old.necessity() == new.necessity();
    let no_more_data = new.data().iter().all(|category| old.data().contains(category));
    let no_more_recipients = new.recipients().iter().all(|id| {
        let is_same_body = older.recipient(id).map(|it| (&it.name, it.role))
            == newer.recipient(id).map(|it| (&it.name, it.role));
        old.recipients().contains(id) && is_same_body
    });
    if is_same && no_more_data && no_more_recipients {
        NoticeChange::Minor
    } else {
        NoticeChange::Material
    }
}
