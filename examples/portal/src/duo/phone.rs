//! Asking a phone from a page of the portal: which there are, and by a push, a call or passcodes.

use std::net::IpAddr;
use std::sync::Arc;

use upheld_duo::auth::{
    Auth, Capability, Device, Factor, Preauth, PreauthChallenge, PreauthOutcome, PushInfo,
    PushText, Target, User, VerifiedPush,
};
use upheld_duo::{FactorUsed, Fallback, PushDecision};
use upheld_store::sql::DatabaseError;

use super::Duo;
use super::account::{self, Account};
use super::challenge::{Asking, Challenge};
use super::settings::NotAsked;
use super::traffic::{Charge, charge_call, fallback};
use super::verdict::{Admitted, Said, judge};
use crate::CLINIC;
use crate::clock::{Clock, Moment};
use crate::id::Id;
use crate::people;
use crate::records::{Records, RecordsError};
use crate::sign_in::PendingLogin;

/// How a phone is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Push,
    Call,
    /// Passcodes are sent, to be entered.
    Text,
}

/// Which phone to ask, and how.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) way: Way,
    /// By Duo's name for it.
    pub(crate) device: String,
    pub(crate) remember: bool,
    /// Where the browser is: a push shows it.
    pub(crate) from: IpAddr,
}

/// What Duo offers a person.
#[derive(Debug)]
#[must_use]
pub(crate) enum Devices {
    Offered(PreauthChallenge),
    /// It was asked too often, and is not asked now.
    TooMany,
    /// It decided without asking.
    Decided(Option<Admitted>),
}

/// What came of wanting a phone to be asked.
#[derive(Debug)]
#[must_use]
pub(crate) enum Asked {
    /// It is being asked: see [`progress`].
    Waiting,
    /// Passcodes are on their way.
    PasscodesSent,
    /// Another push or call waits for its answer.
    Pending,
    /// There were too many.
    TooMany,
    /// There is no such phone, or it cannot be asked in this way.
    Unable,
    /// Duo decided without asking.
    Decided(Option<Admitted>),
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Push, Self::Call, Self::Text];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Call => "phone",
            Self::Text => "sms",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }

    const fn capability(self) -> Capability {
        match self {
            Self::Push => Capability::Push,
            Self::Call => Capability::Phone,
            Self::Text => Capability::Sms,
        }
    }

    /// Whether a device can be asked so.
    pub(crate) fn is_of(self, device: &Device) -> bool {
        device.capabilities.contains(&self.capability())
    }

    pub(super) const fn factor_used(self) -> FactorUsed {
        match self {
            Self::Push => FactorUsed::DuoPush,
            Self::Call => FactorUsed::PhoneCall,
            Self::Text => FactorUsed::SmsRefresh,
        }
    }
}

/// Asks what Duo offers a person: devices, or a decision without asking.
pub(crate) async fn devices(
    records: &Records,
    duo: &Duo,
    account: &Account,
    (from, now): (IpAddr, Moment),
) -> Result<Devices, RecordsError> {
    if account.is_blocked {
        refuse_blocked(account);
        return Ok(Devices::Decided(None));
    }
    let preauth =
        Preauth::new(User::named(&account.username)).from_address(from).with_verified_push();
    let (person, fail_mode) = (account.person, duo.settings.fail_mode);
    let Some(application) = &duo.phones else { return Ok(Devices::Decided(None)) };
    if charge_call(records, person, now).await? == Charge::TooMany {
        return Ok(Devices::TooMany);
    }
    let said = match duo.send(application, &preauth).await {
        Ok(PreauthOutcome::Challenge(challenge)) => return Ok(Devices::Offered(challenge)),
        Ok(outcome) => Said::Preauth(outcome),
        Err(error) => match fallback(records, person, fail_mode, (&preauth, &error)).await? {
            Fallback::Open(failed) => Said::FailedOpen(failed),
            Fallback::Closed => Said::Silent(error),
        },
    };
    judge(records, person, duo.settings.not_asked, said, now).await.map(Devices::Decided)
}

/// Logs that a person is turned away because they reported fraud. The audit has the report, and
/// whoever is turned away could write into it without end.
pub(crate) fn refuse_blocked(account: &Account) {
    tracing::warn!(person = %account.person, "Duo is not asked: a report of fraud");
}

/// Writes down that the portal itself turned a person away, after what was counted.
async fn not_consulted(
    records: &Records,
    account: &Account,
    why: &'static str,
    now: Moment,
) -> Result<(), RecordsError> {
    let said = Said::NotConsulted(why);
    judge(records, account.person, NotAsked::Refuse, said, now).await.map(drop)
}

/// Asks a phone for `login`.
pub(crate) async fn ask(
    records: &Records,
    duo: &Arc<Duo>,
    (login, account): (&PendingLogin, &Account),
    (ask, clock): (Ask, &Clock),
) -> Result<Asked, RecordsError> {
    let now = clock.now();
    // Anew, for the phones there are now and the code of a verified push.
    let challenge = match devices(records, duo, account, (ask.from, now)).await? {
        Devices::Offered(challenge) => challenge,
        Devices::TooMany => return Ok(Asked::TooMany),
        Devices::Decided(decided) => return Ok(Asked::Decided(decided)),
    };
    let is_meant = |device: &&Device| device.id.as_str() == ask.device && ask.way.is_of(device);
    let Some(device) = challenge.devices.iter().find(is_meant) else { return Ok(Asked::Unable) };
    let verified = challenge.verified_push.as_ref().filter(|_| ask.way == Way::Push);
    let id = Id::generate()?;
    let row = Challenge {
        login: login.id(),
        id,
        person: account.person,
        way: ask.way,
        device: label(device),
        code: verified.map(|verified| verified.code.expose().to_owned()),
        remember: ask.remember,
    };
    let name = ask.device.clone();
    let decision = records.database.transact(move |transaction| {
        if !people::hold(transaction, row.person)? {
            return Ok::<_, DatabaseError>(None);
        }
        let decision = account::count(transaction, row.person, &name, now)?;
        if decision == Some(PushDecision::Send) && row.way != Way::Text {
            row.store(transaction, now)?;
        }
        Ok(decision)
    });
    match decision.await? {
        Some(PushDecision::Send) => {}
        Some(PushDecision::Pending { .. }) => {
            not_consulted(records, account, "another push or call waits", now).await?;
            return Ok(Asked::Pending);
        }
        Some(PushDecision::TooMany { .. }) => {
            not_consulted(records, account, "too many pushes and calls", now).await?;
            return Ok(Asked::TooMany);
        }
        None => return Ok(Asked::Unable),
    }
    let asking = Asking {
        records: records.clone(),
        duo: Arc::clone(duo),
        person: account.person,
        id,
        way: ask.way,
        auth: auth(account, device, verified, &ask),
        clock: clock.clone(),
    };
    if ask.way == Way::Text {
        return asking.send_passcodes().await;
    }
    // By itself: what the visitor does then changes nothing of it.
    tokio::spawn(asking.follow());
    Ok(Asked::Waiting)
}

fn auth(account: &Account, device: &Device, verified: Option<&VerifiedPush>, ask: &Ask) -> Auth {
    let target = Target::Device(device.id.clone());
    let factor = match ask.way {
        Way::Push => {
            let text = PushText::default();
            let text = match PushInfo::from_lines([("Signing in to", CLINIC)]) {
                Ok(info) => text.with_info(info),
                Err(_) => text,
            };
            Factor::Push(
                target,
                match verified {
                    Some(verified) => text.verified_by(verified.txid.clone()),
                    None => text,
                },
            )
        }
        Way::Call => Factor::Phone(target),
        Way::Text => Factor::Sms(target),
    };
    Auth::new(User::named(&account.username), factor).from_address(ask.from)
}

/// What a person calls a device, as far as Duo knows.
pub(crate) fn label(device: &Device) -> String {
    let names = [&device.display_name, &device.name, &device.number];
    let name = names.into_iter().find(|name| !name.trim().is_empty());
    let plain = |name: &String| name.chars().filter(|it| !it.is_control()).take(80).collect();
    name.map_or_else(|| "Your device".to_owned(), plain)
}
