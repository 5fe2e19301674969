//! The links by which a request is confirmed, once, and then followed.

use upheld_consent::Date;
use upheld_consent::request::{
    Ask, Channel, Command, Complaint, Context, ControllerStatus, Identity, Name, Receipt, Recorded,
    Requester, Text, decide,
};
use upheld_store::record::{PersonId as Whose, RecordId, Written};
use upheld_store::request::SealedRequest;
use upheld_store::sql::Transaction;

use super::{Contents, DAY_SECONDS, KEPT_DAYS, Matter, letters, open};
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::complaints::{self, Complained};
use crate::id::{Id, PersonId};
use crate::language::{Language, fill, phrase};
use crate::people;
use crate::records::{Records, RecordsError};
use crate::requests::{self, Asked, RequestsError};
use crate::token::Token;

/// Who acts, in the log. It names nobody.
pub(super) const ACTOR: &str = "form";
/// Why the form alone is not taken for the person: it is noted with the request.
const DOUBT: &str = "A form says who sends it, and shows nothing of it.";

/// What somebody has sent, found by the link that confirms it.
#[derive(Debug)]
pub(crate) struct Waiting {
    id: Id,
    person: PersonId,
    token: Token,
    language: Language,
    received: Moment,
    pub(crate) matter: Matter,
    pub(crate) contents: Contents,
}

/// What came of confirming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "who is too late is told so"]
pub(crate) enum Confirmed {
    Done,
    /// The link was used before, or its time is over.
    TooLate,
}

impl Waiting {
    pub(crate) const fn token(&self) -> &Token {
        &self.token
    }

    /// Finds what the link with `token` confirms, while it lasts.
    pub(crate) async fn find(
        records: &Records,
        token: Token,
        now: Moment,
    ) -> Result<Option<Self>, RecordsError> {
        let sql = "SELECT person, key_id, contents, id, ask, language, received_at FROM intakes
                   WHERE tenant = $1 AND token_hash = $2 AND confirmed_at IS NULL
                       AND expires_at > $3";
        let values = [token.to_hash().into(), now.into()];
        let rows = records.database.query(sql, &values).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let id = Id::at(row, 3)?;
        let Some(contents) = open(records, row, id)? else { return Ok(None) };
        let Some(matter) = Matter::of(row.text(4)?) else { return Ok(None) };
        let (person, received) = (PersonId::at(row, 0)?, Moment::at(row, 6)?);
        let language = Language::of_tag(row.text(5)?).unwrap_or_default();
        Ok(Some(Self { id, person, token, language, received, matter, contents }))
    }

    /// Makes it a request, once. It belongs to the account with this address if there is one, whose
    /// person has then shown that they read its mail; else to nobody that is known.
    pub(crate) async fn confirm(
        self,
        records: &Records,
        now: Moment,
    ) -> Result<Confirmed, RequestsError> {
        let to_follow = Token::generate().map_err(RecordsError::from)?;
        let context = records.clone();
        let confirmed = records.database.transact(move |transaction| {
            if !self.take(transaction, &to_follow, now)? {
                return Ok(Confirmed::TooLate);
            }
            let account = self.hand_to_account(&context, transaction)?;
            let person = account.unwrap_or(self.person);
            let Begun { said, action, sealed } = self.begin(&context, account, now)?;
            let kind = (self.matter, self.language);
            let letter = letters::to_follow(&context, &to_follow, &said, kind, now);
            letters::put(&context, transaction, (self.id, &self.contents.email), &letter, now)?;
            let subject = Some(person.to_bits());
            let entry = Entry { at: now.into(), actor: Actor::Portal, action, subject };
            audit::append(transaction, &entry)?;
            match sealed.keep(transaction)? {
                Written::Written { .. } => Ok(Confirmed::Done),
                _ => Err(RequestsError::Stale),
            }
        });
        confirmed.await
    }

    /// What it is from now on: that of an account, or of nobody that is known.
    fn begin(
        &self,
        records: &Records,
        account: Option<PersonId>,
        now: Moment,
    ) -> Result<Begun, RequestsError> {
        let person = account.unwrap_or(self.person);
        let (id, whose) = (RecordId(self.id.to_bits()), Whose(person.to_bits()));
        let at = (now.to_millis(), ACTOR);
        match self.matter {
            Matter::Request(ask) => {
                let events = begin((ask, self.received), account.is_some(), now)?;
                let sealed = records.requests.seal(id, whose, (&events, 0), at)?;
                let asked = Asked { id: self.id, request: requests::replay(&events)?, events };
                let said = self.say_of_request(&asked)?;
                Ok(Begun { said, action: "request confirmed by the link of a form", sealed })
            }
            Matter::Complaint => {
                let about = self.contents.words.clone().ok_or(RequestsError::Stale)?;
                let events = complaints::receive(about, self.received, now)?;
                let sealed = records.requests.seal_complaint(id, whose, (&events, 0), at)?;
                let said = self.say_of_complaint(&Complaint::replay(&events)?)?;
                Ok(Begun { said, action: "complaint confirmed by the link of a form", sealed })
            }
        }
    }

    /// Uses the link up; `false` when somebody else has.
    fn take(
        &self,
        transaction: &mut Transaction<'_>,
        to_follow: &Token,
        now: Moment,
    ) -> Result<bool, RequestsError> {
        let taken = transaction.execute(
            "UPDATE intakes SET confirmed_at = $4, token_hash = $5, expires_at = $6
             WHERE tenant = $1 AND id = $2 AND token_hash = $3 AND confirmed_at IS NULL
                 AND expires_at > $4",
            &[
                self.id.into(),
                self.token.to_hash().into(),
                now.into(),
                to_follow.to_hash().into(),
                now.plus(KEPT_DAYS.saturating_mul(DAY_SECONDS)).into(),
            ],
        )?;
        Ok(taken == 1)
    }

    /// Gives it to the account with this address, which has the name and keeps the words.
    fn hand_to_account(
        &self,
        records: &Records,
        transaction: &mut Transaction<'_>,
    ) -> Result<Option<PersonId>, RequestsError> {
        let found = people::find(transaction, &self.contents.email)?;
        let Some((person, _)) = found else { return Ok(None) };
        if !people::hold(transaction, person)? {
            return Ok(None);
        }
        transaction.execute(
            "UPDATE intakes SET person = $3, key_id = NULL, contents = NULL
             WHERE tenant = $1 AND id = $2",
            &[self.id.into(), person.into()],
        )?;
        // A complaint has its words in it.
        if let (Matter::Request(_), Some(words)) = (self.matter, &self.contents.words) {
            requests::keep_words(records, transaction, (self.id, person), words)?;
        }
        Ok(Some(person))
    }

    /// What the letter says that confirms it: the same whether there is an account or not.
    fn say_of_request(&self, asked: &Asked) -> Result<String, RequestsError> {
        let text = phrase(
            "We have your request: “{ask}”. We answer by {day} at the latest, or tell you before \
             then why it takes longer. If we cannot tell by your address who you are, we ask you \
             first.",
        );
        let language = self.language;
        let due = asked.due()?.ok_or(RequestsError::Stale)?;
        let ask = language.say(self.matter.heading());
        Ok(fill(&fill(&language.say(text), "day", &language.day(due)), "ask", &ask))
    }

    /// The same of a complaint.
    fn say_of_complaint(&self, complaint: &Complaint) -> Result<String, RequestsError> {
        let language = self.language;
        let Some(deadline) = complaints::deadline(complaint)? else {
            let text =
                phrase("We have your complaint. We look into it, and tell you what came of it.");
            return Ok(language.say(text).into_owned());
        };
        let text = phrase(
            "We have your complaint. We acknowledge it by {day} at the latest, look into it, and tell \
             you without undue delay what came of it.",
        );
        Ok(fill(&language.say(text), "day", &language.day(deadline.acknowledge_by)))
    }
}

/// What comes of a form that was confirmed.
struct Begun {
    /// What the letter says about it.
    said: String,
    /// What the audit calls it.
    action: &'static str,
    sealed: SealedRequest,
}

/// The events of a request that came on one day and was confirmed on another.
///
/// For the person of an account the link is what shows who they are: it was asked for when the form
/// came, and what starts the clock is that it came back. Of anybody else it shows an address, and
/// whether that is enough is for the desk to say.
//= UK GDPR, Article 12A(2): the clock runs from the latest of receipt, identity and fee
fn begin(
    (ask, received): (Ask, Moment),
    is_known: bool,
    now: Moment,
) -> Result<Vec<Recorded>, RequestsError> {
    let received = received.to_date()?;
    let today = requests::today(None, now)?.max(received);
    let (by, calendar) = (Name::new(requests::FORM)?, requests::calendar());
    let controller = ControllerStatus::HealthProfessional;
    let on = |at: Date| Context { at, today, by: &by, calendar: &calendar, controller };
    let (channel, requester) = (Channel::Form, Requester::Subject);
    let receipt = Receipt { ask, channel, requester, identity: Identity::Unproven };
    let mut events = decide(None, Command::Receive(receipt), &on(received))?;
    if !is_known {
        return Ok(events);
    }
    //= UK GDPR, Article 21(3): nobody is asked who they are before they are left alone
    if !ask.is_absolute() {
        let request = requests::replay(&events)?;
        let command = Command::RequestIdentity { doubt: Text::new(DOUBT)? };
        events.extend(decide(Some(&request), command, &on(received))?);
    }
    let request = requests::replay(&events)?;
    let how = "Followed a link, good once, that was sent to the e-mail address of the account.";
    let command = Command::ConfirmIdentity { how: Text::new(how)? };
    events.extend(decide(Some(&request), command, &on(today))?);
    Ok(events)
}

/// What the link in the letter that confirmed it shows.
#[derive(Debug)]
pub(crate) enum Followed {
    Request(Box<Asked>),
    Complaint(Complained),
}

impl Followed {
    /// Finds what the link with `token` shows, while it lasts.
    pub(crate) async fn find(
        records: &Records,
        token: Token,
        now: Moment,
    ) -> Result<Option<Self>, RequestsError> {
        let sql = "SELECT id, person, ask FROM intakes
                   WHERE tenant = $1 AND token_hash = $2 AND confirmed_at IS NOT NULL
                       AND expires_at > $3";
        let values = [token.to_hash().into(), now.into()];
        let rows = records.database.query(sql, &values).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (id, person) = (Id::at(row, 0)?, PersonId::at(row, 1)?);
        Ok(match Matter::of(row.text(2)?) {
            Some(Matter::Request(_)) => {
                let asked = requests::find(records, person, id).await?;
                asked.map(|asked| Self::Request(Box::new(asked)))
            }
            Some(Matter::Complaint) => {
                complaints::find(records, person, id).await?.map(Self::Complaint)
            }
            None => None,
        })
    }
}
