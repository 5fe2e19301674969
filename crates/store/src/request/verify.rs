//! The queue compared with the records that it is derived from.

use super::{ERASED, KIND, RequestError, Requests, Summary};
use crate::columns::{id, id_of};
use crate::ledger::{PAGE, VerifyError};
use crate::record::{Record, RecordError, RecordFault, RecordId};

const REQUESTS: &str = "SELECT id FROM records
     WHERE tenant = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4";
/// What is listed and no request: complaints are records of the same kind.
const NO_REQUEST: &str = "SELECT requests.id FROM requests
     LEFT JOIN records ON records.tenant = requests.tenant AND records.id = requests.id
     WHERE requests.tenant = $1 AND (records.kind IS NULL OR records.kind <> $2)
     ORDER BY requests.id LIMIT 1";

impl Requests {
    /// Verifies that the queue lists each request and complaint of `upheld-consent` as what its
    /// events make of it, and nothing that is neither; returns how many there are. Who handles it is
    /// nobody's to vouch for, and nor is what the queue says of requests whose events are yours.
    ///
    /// That the records are what was logged is [`Records::verify`](crate::record::Records::verify)'s.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]
    pub async fn verify(&self) -> Result<u64, VerifyError> {
        let database = self.records().database();
        let (mut after, mut verified) = (crate::sql::Value::Blob(Vec::new()), 0_u64);
        loop {
            let values = [KIND.into(), after, PAGE.into()];
            let page = database.query(REQUESTS, &values).await?;
            let Some(last) = page.last() else { break };
            after = id(id_of(last, 0)?);
            for row in &page {
                let request = RecordId(id_of(row, 0)?);
                verified = verified.saturating_add(self.verify_one(request).await?.into());
            }
        }
        // It would hold its person's data from being erased, and nobody could answer it.
        let planted = database.query(NO_REQUEST, &[KIND.into()]).await?;
        match planted.first() {
            Some(row) => Err(fault(RecordId(id_of(row, 0)?), RecordFault::Queue)),
            None => Ok(verified),
        }
    }

    /// Whether it is a request of a known form.
    async fn verify_one(&self, request: RecordId) -> Result<bool, VerifyError> {
        let mut seen = None;
        loop {
            let listed = self.summary(request).await?;
            let Some(record) = self.record(request).await? else { return Ok(false) };
            let Some(expected) = Expected::of(&record) else { return Ok(false) };
            if let Expected::Impossible = expected {
                return Err(fault(request, RecordFault::Order));
            }
            if listed.is_some_and(|listed| expected.is_met_by(&listed)) {
                return Ok(true);
            }
            let state = (record.version(), record.person);
            if seen == Some(state) {
                // It was listed while the record was this.
                return Err(fault(request, RecordFault::Queue));
            }
            // Something may have happened between reading the one and the other.
            seen = Some(state);
        }
    }

    async fn record(&self, request: RecordId) -> Result<Option<Record>, VerifyError> {
        match self.records().load(request).await {
            Ok(record) => Ok(record),
            Err(RecordError::Tampered(found)) => Err(found),
            Err(RecordError::Database(error)) => Err(error.into()),
            Err(_) => Ok(None),
        }
    }
}

fn fault(record: RecordId, fault: RecordFault) -> VerifyError {
    VerifyError::Record { record, fault }
}

/// What the queue must say of a request.
enum Expected {
    Erased,
    Listed(Summary),
    /// Nothing: its events are of a known form, and cannot have happened in their order.
    Impossible,
}

impl Expected {
    /// None for events of another form, which are whoever wrote them's.
    fn of(record: &Record) -> Option<Self> {
        if record.person.is_none() {
            return Some(Self::Erased);
        }
        let summary = match super::kept::request_of(record) {
            Ok(events) => Summary::of_request(&events).ok(),
            Err(RequestError::Form { .. }) => {
                Summary::of_complaint(&super::kept::complaint_of(record).ok()?).ok()
            }
            Err(_) => return None,
        };
        Some(summary.map_or(Self::Impossible, Self::Listed))
    }

    fn is_met_by(&self, listed: &Summary) -> bool {
        match self {
            Self::Erased => !listed.is_open() && listed.state() == ERASED,
            Self::Listed(summary) => {
                let expected = Summary { assignee: listed.assignee, ..summary.clone() };
                *listed == expected
            }
            Self::Impossible => false,
        }
    }
}
