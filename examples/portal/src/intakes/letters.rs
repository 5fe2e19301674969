//! E-mails to people whose address no account vouches for.
//!
//! Until an address is known to be theirs, a letter to it has nothing in it that was typed in the
//! form: it would be a way to have the clinic write anything to anybody.

use upheld_second_factor::AccountId;
use upheld_store::sql::{DatabaseError, Transaction};
use zeroize::Zeroizing;

use super::{KEPT_DAYS, Matter, WAITING_DAYS};
use crate::CLINIC;
use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::language::{Language, fill, phrase};
use crate::mail::{Letter, MEMORY_SECONDS, Tray};
use crate::people::Email;
use crate::records::{Records, RecordsError};
use crate::token::Token;

/// Puts a letter about an intake into the box from which they are sent.
pub(crate) fn put(
    records: &Records,
    transaction: &mut Transaction<'_>,
    (intake, to): (Id, &Email),
    letter: &Letter,
    now: Moment,
) -> Result<(), RecordsError> {
    let letter = Letter {
        kind: letter.kind,
        subject: letter.subject.clone(),
        body: Zeroizing::new(format!("{}\n{}", to.as_str(), letter.body.as_str())),
    };
    Tray::Intakes.put(records, transaction, owner(intake), &letter, now)
}

/// The address and the text of what [`put`] has sealed.
pub(crate) fn addressed(sealed: &str) -> Option<(&str, &str)> {
    sealed.split_once('\n')
}

/// Whose a letter is, for its seal: the intake's, before and after it is known whose that is.
fn owner(intake: Id) -> PersonId {
    PersonId::from(AccountId(intake.to_bits()))
}

/// Asks whoever reads this mail whether they have sent the form.
pub(super) fn to_confirm(
    records: &Records,
    token: &Token,
    (matter, language): (Matter, Language),
    now: Moment,
) -> Letter {
    let (subject, text) = match matter {
        Matter::Request(_) => (
            phrase("Confirm your request about your data"),
            phrase(
                "Somebody, most likely you, sent the clinic a request about personal data by a form, \
                 and gave this address. To confirm it, open this address within {days} days and \
                 press the button there. It works once.\n\n{link}\n\nIf it was not you, do \
                 nothing: then what was sent is deleted, and nothing else happens.",
            ),
        ),
        Matter::Complaint => (
            phrase("Confirm your complaint"),
            phrase(
                "Somebody, most likely you, sent the clinic a complaint about its use of personal \
                 data by a form, and gave this address. To confirm it, open this address within \
                 {days} days and press the button there. It works once.\n\n{link}\n\nIf it was \
                 not you, do nothing: then what was sent is deleted, and nothing else happens.",
            ),
        ),
    };
    let link = link(records, "confirm", token);
    let text = fill(&fill(&language.say(text), "days", &WAITING_DAYS), "link", &*link);
    letter("request to confirm", (subject, text), language, now)
}

/// Says that it was taken in, and by which link it can be followed.
pub(super) fn to_follow(
    records: &Records,
    token: &Token,
    said: &str,
    (matter, language): (Matter, Language),
    now: Moment,
) -> Letter {
    let text = phrase(
        "{request}\n\nYou see where it stands at this address, without signing in. Keep it to \
         yourself.\n\n{link}\n\nIt works for {days} days.",
    );
    let link = link(records, "state", token);
    let text = fill(&fill(&language.say(text), "days", &KEPT_DAYS), "link", &*link);
    let text = fill(&text, "request", &said);
    let subject = match matter {
        Matter::Request(_) => phrase("We have your request"),
        Matter::Complaint => phrase("We have your complaint"),
    };
    letter("request confirmed", (subject, text), language, now)
}

fn link(records: &Records, what: &str, token: &Token) -> Zeroizing<String> {
    let (url, token) = (&records.settings.public_url, token.to_text());
    Zeroizing::new(format!("{url}/privacy/request/{what}/{}", token.as_str()))
}

fn letter(
    kind: &'static str,
    (subject, text): (&str, String),
    language: Language,
    now: Moment,
) -> Letter {
    let text = Zeroizing::new(text);
    let end = language.say(phrase("Written {when}. Please do not reply: nobody reads it."));
    let end = fill(&end, "when", &language.moment(now));
    let body = Zeroizing::new(format!("{}\n\n{CLINIC}\n{end}\n", *text));
    Letter { kind, subject: language.say(subject).into_owned(), body }
}

pub(super) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM intake_letters
               WHERE tenant = $1 AND next_try IS NULL AND created_at <= $2";
    transaction.execute(sql, &[now.minus(MEMORY_SECONDS).into()])?;
    Ok(())
}
