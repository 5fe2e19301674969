//! Passcodes that a person enters on a page of the portal.

use std::net::IpAddr;

use upheld_duo::FactorUsed;
use upheld_duo::auth::{Auth, Factor, User};

pub(crate) use upheld_duo::auth::Passcode;

use super::Duo;
use super::account::Account;
use super::traffic::{Charge, charge};
use super::verdict::{Admitted, Said, judge};
use crate::attempts::{self, Subject};
use crate::clock::Moment;
use crate::records::{Records, RecordsError};

/// Judges a passcode: of Duo Mobile, of a text message, of a hardware token, or a bypass code.
pub(crate) async fn check_passcode(
    records: &Records,
    duo: &Duo,
    account: &Account,
    (passcode, from): (Passcode, IpAddr),
    now: Moment,
) -> Result<Option<Admitted>, RecordsError> {
    let Some(application) = &duo.phones else { return Ok(None) };
    let subject = (account.person, Subject::Passcode(account.person));
    if charge(records, subject, "too many passcodes", now).await? == Charge::TooMany {
        return Ok(None);
    }
    let factor = Factor::Passcode(passcode);
    let auth = Auth::new(User::named(&account.username), factor).from_address(from);
    let said = Said::Asked(FactorUsed::Passcode, duo.send(application, &auth).await);
    let judged = judge(records, account.person, duo.settings.not_asked, said, now).await?;
    if judged.is_some() {
        let subjects = [Subject::Passcode(account.person)];
        let forgiven =
            records.database.transact(move |transaction| attempts::forgive(transaction, &subjects));
        forgiven.await?;
    }
    Ok(judged)
}
