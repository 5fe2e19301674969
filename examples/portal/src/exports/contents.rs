//! What a copy has in it: everything that the page "What we hold" counts, and nothing that opens
//! an account. Hashes of passwords, keys of authenticators, recovery codes and tokens are not read.

mod complaints;

use upheld_consent::Happening;
use upheld_consent::RecordId;
use upheld_consent::export::{Bundle, Cell, Cover, Reuse, Table};
use upheld_second_factor::Registry;
use upheld_store::sql::{DatabaseError, Row, Value};

use super::ContentsError;
use crate::clock::Moment;
use crate::consents;
use crate::id::PersonId;
use crate::language::Language;
use crate::letters;
use crate::people::{self, Role};
use crate::random;
use crate::records::{Records, RecordsError};
use crate::requests;

/// How many parts a copy has.
pub(crate) const PARTS: u8 = 7;
/// The most rows of one kind: some years of signing in every hour.
const MAX_ROWS: usize = 50_000;

/// What happened to an account. The index has what is sealed, so that the sealer pays for it and
/// nobody who signs in; what is not sealed yet is little.
const LOG: &str = "SELECT at, actor, action FROM (
         SELECT at, actor, action, id FROM audit_events
         WHERE tenant = $1 AND subject = $2 AND seq IS NULL
         UNION ALL
         SELECT * FROM (SELECT at, actor, action, id FROM audit_events
             WHERE tenant = $1 AND subject = $2 AND seq IS NOT NULL
             ORDER BY seq DESC LIMIT $3) AS sealed
     ) AS everything ORDER BY at DESC, id LIMIT $3";

/// A part of a copy.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Profile,
    SignIn,
    Browsers,
    Consents,
    Requests,
    Emails,
    Log,
}

impl Part {
    pub(super) const ALL: [Self; 7] = [
        Self::Profile,
        Self::SignIn,
        Self::Browsers,
        Self::Consents,
        Self::Requests,
        Self::Emails,
        Self::Log,
    ];
}

/// What stands at the top of the page in the bundle.
pub(super) fn introduction() -> Vec<String> {
    [
        "This is what the portal holds about you. Your health record is not in the portal; ask the \
         clinic for it by a request for access.",
        "What opens your account is left out: the hash of your password, the keys of your \
         authenticators and your recovery codes.",
        "This file is not protected any more. Keep it where nobody else reads it.",
    ]
    .map(str::to_owned)
    .into()
}

/// A copy that is being put together.
pub(super) struct Contents(Bundle);

impl Contents {
    pub(super) const fn new(cover: Cover) -> Self {
        Self(Bundle::new(cover))
    }

    pub(super) async fn add(
        &mut self,
        records: &Records,
        person: PersonId,
        part: Part,
        now: Moment,
    ) -> Result<(), ContentsError> {
        match part {
            Part::Profile => self.add_profile(records, person).await,
            Part::SignIn => self.add_sign_in(records, person).await,
            Part::Browsers => self.add_browsers(records, person).await,
            Part::Consents => self.add_consents(records, person, now).await,
            Part::Requests => self.add_requests(records, person).await,
            Part::Emails => self.add_emails(records, person).await,
            Part::Log => self.add_log(records, person).await,
        }
    }

    pub(super) fn into_zip(self) -> std::io::Result<Vec<u8>> {
        let mut zip = Vec::new();
        self.0.seal().write_zip(&mut zip)?;
        Ok(zip)
    }

    async fn add_profile(
        &mut self,
        records: &Records,
        person: PersonId,
    ) -> Result<(), ContentsError> {
        let columns = ["field", "value", "source", "last_changed"];
        let mut table = Table::new("profile", "Your profile", &columns, Reuse::Portable)?;
        let sql = format!(
            "SELECT display_name, email, language, {}, name_changed_at,
                 language_changed_at
             FROM people
             WHERE tenant = $1 AND id = $2",
            Role::COLUMN
        );
        for row in &records.database.query(&sql, &[person.into()]).await? {
            let changed = Moment::at_optional(row, 4)?;
            let (you, clinic) = ("you, in the portal", "the clinic, when it opened your account");
            let source = if changed.is_some() { you } else { clinic };
            let role = Role::at(row, 3)?.as_str();
            for (field, value, source, changed) in [
                ("name", row.text(0)?, source, changed),
                ("e-mail address", row.text(1)?, clinic, None),
                ("language of letters", row.text(2)?, you, Moment::at_optional(row, 5)?),
                ("role", role, clinic, None),
            ] {
                let cells = [field, value, source].map(Cell::text);
                table.push([&cells[..], &[moment(changed)]].concat())?;
            }
        }
        Ok(self.0.add_table(table)?)
    }

    async fn add_sign_in(
        &mut self,
        records: &Records,
        person: PersonId,
    ) -> Result<(), ContentsError> {
        let columns = ["name", "kind", "added", "last_used"];
        let title = "What you sign in with";
        let mut table = Table::new("authenticators", title, &columns, Reuse::AccessOnly)?;
        let sql = "SELECT name, kind, added_at, used_at FROM devices
                   WHERE tenant = $1 AND person = $2
                   UNION ALL
                   SELECT username, 'duo', added_at, used_at FROM duo_accounts
                   WHERE tenant = $1 AND person = $2
                   ORDER BY 3";
        for row in &records.database.query(sql, &[person.into()]).await? {
            let (name, kind) = (Cell::text(row.text(0)?), Cell::text(row.text(1)?));
            table.push(vec![name, kind, at(row, 2)?, at(row, 3)?])?;
        }
        let codes = records.guard.store().unused_recovery_codes(person.into()).await;
        let codes = codes.map_err(RecordsError::from)?;
        let left = Cell::Text(format!("{codes} unused recovery codes"));
        table.push(vec![left, Cell::text("recovery codes"), Cell::Empty, Cell::Empty])?;
        Ok(self.0.add_table(table)?)
    }

    async fn add_browsers(
        &mut self,
        records: &Records,
        person: PersonId,
    ) -> Result<(), ContentsError> {
        let columns = ["browser", "opened_by", "opened", "last_seen"];
        let sql = "SELECT browser, grounds, opened_at, seen_at FROM sessions
                   WHERE tenant = $1 AND person = $2 ORDER BY opened_at DESC LIMIT $3";
        let rows = newest(records, sql, person.into()).await?;
        let title = rows.title("Where you are signed in");
        let mut table = Table::new("sessions", &title, &columns, Reuse::AccessOnly)?;
        for row in &rows.newest {
            let cells =
                [Cell::text(row.text(0)?), Cell::text(row.text(1)?), at(row, 2)?, at(row, 3)?];
            table.push(cells.into())?;
        }
        self.0.add_table(table)?;
        let columns = ["browser", "last_seen", "not_asked_for_a_code_until"];
        let sql = "SELECT name, seen_at, trusted_until FROM browsers
                   WHERE tenant = $1 AND person = $2 ORDER BY seen_at DESC LIMIT $3";
        let rows = newest(records, sql, person.into()).await?;
        let title = rows.title("Browsers that you have signed in with");
        let mut table = Table::new("browsers", &title, &columns, Reuse::AccessOnly)?;
        for row in &rows.newest {
            table.push(vec![Cell::text(row.text(0)?), at(row, 1)?, at(row, 2)?])?;
        }
        Ok(self.0.add_table(table)?)
    }

    async fn add_consents(
        &mut self,
        records: &Records,
        person: PersonId,
        now: Moment,
    ) -> Result<(), ContentsError> {
        let record = consents::load(records, person).await?;
        let columns = ["when", "what", "statement", "notice", "version"];
        let mut table = Table::new("consents", "Your consents", &columns, Reuse::Portable)?;
        let statements = consents::statements(records, &record, Language::English).await?;
        for (event, statement) in record.events().iter().zip(statements) {
            let what = match event.what() {
                Happening::Consent { change, .. } => consents::said(change),
                Happening::MarketingObjection { .. } => consents::OBJECTED,
                Happening::RecipientTold { .. } => consents::TOLD,
            };
            let statement = statement.map_or(Cell::Empty, Cell::Text);
            let shown = consents::shown(event);
            let notice = shown.map_or(Cell::Empty, |it| Cell::text(it.id.as_str()));
            let version = shown.map_or(Cell::Empty, |it| Cell::Text(it.version.to_string()));
            let when = moment(Some(event.effective().into()));
            table.push(vec![when, Cell::text(what), statement, notice, version])?;
        }
        self.0.add_table(table)?;
        if record.events().is_empty() {
            return Ok(());
        }
        let at = consents::with_all(&record, now);
        let contact = people::contact(&records.database, person).await?;
        let principal = contact.map(|contact| contact.email).unwrap_or_default();
        let dossier = consents::dossier(records, record, &principal).await?;
        let kept = dossier.to_json().into_bytes();
        self.0.add_file("consents/record.json", "application/json", kept)?;
        let name = random::bytes().map_err(RecordsError::from)?;
        // Where no consent stands there is nothing to have a receipt of.
        if let Ok(receipt) = dossier.receipt(RecordId::from_random(*name), at) {
            for (file, kind, text) in [
                ("receipt-kantara.json", "application/json", receipt.to_kantara()),
                ("receipt-iso27560.json", "application/json", receipt.to_iso27560()),
                ("receipt-dpv.jsonld", "application/ld+json", receipt.to_dpv()),
            ] {
                self.0.add_file(&format!("consents/{file}"), kind, text.into_bytes())?;
            }
        }
        Ok(())
    }

    async fn add_requests(
        &mut self,
        records: &Records,
        person: PersonId,
    ) -> Result<(), ContentsError> {
        let columns = ["reference", "what", "received", "state", "to_be_answered_by", "your_words"];
        let mut table = Table::new("requests", "Your requests", &columns, Reuse::Portable)?;
        let contact = people::contact(&records.database, person).await?;
        let Some(contact) = contact else { return Ok(()) };
        for asked in requests::list(records, person).await? {
            let request = &asked.request;
            let words = requests::words(records, person, asked.id).await?;
            table.push(vec![
                Cell::Text(asked.id.to_string()),
                Cell::text(requests::heading(request.ask())),
                Cell::Text(request.received().to_string()),
                Cell::text(requests::where_it_stands(request.stage())),
                asked.due()?.map_or(Cell::Empty, |due| Cell::Text(due.to_string())),
                words.map_or(Cell::Empty, |words| Cell::text(&words)),
            ])?;
            let letters = letters::due(&asked, (&contact.name, &contact.email))?;
            for (number, letter) in (1..).zip(letters) {
                let path = format!("requests/{}/letter-{number}.txt", asked.id);
                self.0.add_file(&path, "text/plain; charset=utf-8", letter.into_bytes())?;
            }
        }
        self.0.add_table(table)?;
        self.add_complaints(records, (person, &contact)).await
    }

    /// What was written to the person. The text is deleted once it is sent, and may hold a link or
    /// a code before.
    async fn add_emails(
        &mut self,
        records: &Records,
        person: PersonId,
    ) -> Result<(), ContentsError> {
        let columns = ["when", "subject", "sent"];
        // Those about a form that was sent without signing in are in a box of their own.
        let sql = "SELECT created_at, subject, next_try, id FROM outbox
                   WHERE tenant = $1 AND person = $2
                   UNION ALL
                   SELECT letter.created_at, letter.subject, letter.next_try, letter.id
                   FROM intake_letters AS letter JOIN intakes
                       ON intakes.tenant = letter.tenant AND intakes.id = letter.intake
                   WHERE intakes.tenant = $1 AND intakes.person = $2
                   ORDER BY created_at DESC, id LIMIT $3";
        let rows = newest(records, sql, person.into()).await?;
        let title = rows.title("E-mails of the last seven days");
        let mut table = Table::new("emails", &title, &columns, Reuse::AccessOnly)?;
        for row in &rows.newest {
            let is_sent = row.optional_integer(2)?.is_none();
            table.push(vec![at(row, 0)?, Cell::text(row.text(1)?), Cell::Bool(is_sent)])?;
        }
        Ok(self.0.add_table(table)?)
    }

    async fn add_log(&mut self, records: &Records, person: PersonId) -> Result<(), ContentsError> {
        let columns = ["when", "who", "what"];
        let (subject, own) = (person.to_string(), format!("person:{person}"));
        let rows = newest(records, LOG, subject.as_str().into()).await?;
        let title = rows.title("What happened to your account");
        let mut table = Table::new("log", &title, &columns, Reuse::AccessOnly)?;
        for row in &rows.newest {
            let who = match row.text(1)? {
                actor if actor == own => "you",
                actor if actor.starts_with("person:") => "staff of the clinic",
                "operator" => "the operator of the portal",
                _ => "the portal",
            };
            table.push(vec![at(row, 0)?, Cell::text(who), Cell::text(row.text(2)?)])?;
        }
        Ok(self.0.add_table(table)?)
    }
}

/// Rows of one kind, the newest first.
#[derive(Debug, PartialEq, Eq)]
struct Rows<T> {
    newest: Vec<T>,
    /// Whether there are more than a copy has.
    is_cut: bool,
}

impl<T> Rows<T> {
    /// Keeps `most` of `found`, in which one more was asked for.
    fn cut(mut found: Vec<T>, most: usize) -> Self {
        let is_cut = found.len() > most;
        found.truncate(most);
        Self { newest: found, is_cut }
    }

    /// The title of their table, which says when it has not everything.
    fn title(&self, what: &str) -> String {
        if !self.is_cut {
            return what.to_owned();
        }
        let count = self.newest.len();
        format!("{what}: the newest {count}; there are more, ask the clinic for them")
    }
}

async fn newest(records: &Records, sql: &str, whose: Value) -> Result<Rows<Row>, DatabaseError> {
    let one_more = i64::try_from(MAX_ROWS.saturating_add(1)).unwrap_or(i64::MAX);
    let found = records.database.query(sql, &[whose, one_more.into()]).await?;
    Ok(Rows::cut(found, MAX_ROWS))
}

fn at(row: &Row, column: usize) -> Result<Cell, DatabaseError> {
    Ok(moment(Moment::at_optional(row, column)?))
}

fn moment(moment: Option<Moment>) -> Cell {
    moment.map_or(Cell::Empty, |moment| Cell::Text(moment.to_rfc3339()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rusqlite::Connection;

    use super::{LOG, Rows};
    use crate::audit::MIGRATIONS;

    /// What SQLite says it does, without having seen how many rows there are.
    #[test]
    fn the_log_of_a_person_is_found_by_an_index_and_not_by_reading_the_tenant() {
        let connection = Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            connection.execute_batch(migration.sqlite).unwrap();
        }
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {LOG}")).unwrap();
        let steps = statement.query_map(("", "", 1), |row| row.get(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        let plan = steps.join("\n");
        let sealed = "audit_events USING INDEX audit_by_subject (tenant=? AND subject=?";
        assert!(plan.contains(sealed), "{plan}");
        // Of what is not sealed either index finds no more than that.
        let read: Vec<_> = steps.iter().filter(|step| step.contains("audit_events")).collect();
        let is_narrow = |step: &str| step.contains("(tenant=? AND") || step.contains("unsealed");
        assert!(read.len() == 2 && read.iter().all(|step| is_narrow(step)), "{plan}");
        assert!(!plan.contains("SCAN audit_events"), "{plan}");
    }

    #[test]
    fn a_table_that_has_not_everything_says_so() {
        let all = Rows::cut(vec![3, 2], 2);
        assert_eq!((all.title("Letters"), all.newest), ("Letters".to_owned(), vec![3, 2]));
        let cut = Rows::cut(vec![3, 2, 1], 2);
        assert!(cut.title("Letters").starts_with("Letters: the newest 2; there are more"));
        assert_eq!(cut.newest, [3, 2]);
    }
}
