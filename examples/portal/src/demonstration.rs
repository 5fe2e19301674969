//! What the demonstration has in it beside people.

use upheld_consent::request::Text;

use crate::people::{self, Email};
use crate::records::RecordsError;
use crate::requests::{self, ASKS};
use crate::server::{OpenError, Portal};

const DAY_SECONDS: i64 = 24 * 60 * 60;

impl Portal {
    /// Has somebody ask for something, so many days ago: `access`, `erasure` and so on.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when there is no such person or thing to ask, or the database fails.
    pub async fn add_request(
        &self,
        email: &str,
        (kind, words): (&str, &str),
        days_ago: u16,
    ) -> Result<(), OpenError> {
        let email = Email::parse(email).ok_or_else(|| OpenError::because("no address"))?;
        let ask = ASKS.into_iter().find(|ask| ask.kind().name() == kind);
        let ask = ask.ok_or_else(|| OpenError::because("nothing that people ask for"))?;
        let records = self.records();
        let found = records.database.transact(move |transaction| {
            Ok::<_, RecordsError>(people::find(transaction, &email)?.map(|(person, _)| person))
        });
        let person = found.await.map_err(OpenError::because)?;
        let person = person.ok_or_else(|| OpenError::because("nobody has this address"))?;
        let then = self.clock().now().minus(DAY_SECONDS.saturating_mul(days_ago.into()));
        let words = Text::new(words).ok();
        let asked = requests::receive(records, person, (ask, words), then).await;
        asked.map(drop).map_err(OpenError::because)
    }
}
