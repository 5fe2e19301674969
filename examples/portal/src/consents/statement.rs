//! What a person answered, in the words that they were shown.

use upheld_consent::{ConsentRecord, Happening, Notice, NoticeRef, Scope};

use super::{ConsentsError, notice, shown};
use crate::language::{Language, fill, phrase};
use crate::notice::Question;
use crate::records::Records;

/// What was answered by each event of a record; none by what answers nothing, and for what is not
/// asked any more.
///
/// The words about cookies are those of the notice that was shown then, in its language: another may
/// say something else of the same purpose by now. What has no notice of its own, such as a
/// withdrawal, is about the one before it.
pub(crate) async fn statements(
    records: &Records,
    record: &ConsentRecord,
    language: Language,
) -> Result<Vec<Option<String>>, ConsentsError> {
    let mut notices: Vec<Notice> = Vec::new();
    let mut newest: Vec<(&Scope, &NoticeRef)> = Vec::new();
    let mut statements = Vec::with_capacity(record.events().len());
    for event in record.events() {
        let Happening::Consent { scope, .. } = event.what() else {
            statements.push(None);
            continue;
        };
        if let Some(question) = Question::of(scope) {
            statements.push(Some(language.say(question.statement).into_owned()));
            continue;
        }
        if let Some(reference) = shown(event) {
            newest.retain(|(about, _)| *about != scope);
            newest.push((scope, reference));
        }
        let about = newest.iter().find(|(about, _)| *about == scope);
        let Some((_, reference)) = about else {
            statements.push(None);
            continue;
        };
        if !notices.iter().any(|known| known.reference() == **reference) {
            notices.extend(notice(records, reference).await?);
        }
        let known = notices.iter().find(|known| known.reference() == **reference);
        let purpose = known.and_then(|known| known.purpose(&scope.purpose));
        statements.push(purpose.map(|purpose| {
            let text = language.say(phrase("Cookies that you can refuse: {purpose}"));
            fill(&text, "purpose", &purpose.description())
        }));
    }
    Ok(statements)
}
