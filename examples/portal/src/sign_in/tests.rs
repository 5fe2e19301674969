//! What no request from outside can time.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::path::Path;
use std::sync::Arc;

use rand::rngs::SysRng;
use upheld_second_factor::{Accepted, Credential, Guard, Kind, Outcome, Registry};
use upheld_store::Tenant;
use upheld_store::consent::Consents;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::record;
use upheld_store::request::Requests;
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Database, Settings as DatabaseSettings};
use upheld_totp::{Parameters, Totp, UnixSeconds};
use zeroize::Zeroizing;

use super::pending::await_second_factor;
use super::{PendingLogin, Wishes, with_second_factor};
use crate::clock::Moment;
use crate::cookies::SharedCookies;
use crate::id::{Id, PersonId};
use crate::notice::Notices;
use crate::observe::Metrics;
use crate::password::{PasswordSettings, Passwords};
use crate::people::{self, DisplayName, Email, NewPerson, Role};
use crate::records::Records;
use crate::second_factor::Proof;
use crate::settings::Settings;
use crate::site::PublicUrl;
use crate::token::Token;
use crate::user_agent::BrowserName;
use crate::{random, schema};

const NOW: UnixSeconds = UnixSeconds(1_790_000_010);

async fn records(folder: &Path) -> Records {
    let file = DatabaseSettings::sqlite(folder.join("portal.db"));
    let database = Database::open(&file, Tenant::new("test").unwrap()).await.unwrap();
    schema::migrate(&database).await.unwrap();
    let keys = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
    let settings = Settings::at(PublicUrl::parse("http://localhost:8080").unwrap());
    let store = SecondFactors::new(database.clone(), keys.clone());
    let guard = Guard::new(store, settings.second_factor);
    let kept = record::Records::new(database.clone(), keys.clone());
    Records {
        consents: Consents::new(kept.clone()),
        requests: Requests::new(kept),
        notices: Arc::new(Notices::write().unwrap()),
        cookies: SharedCookies::built_in(keys.clone(), None, false).unwrap(),
        database,
        keys,
        guard,
        settings: Arc::new(settings),
        metrics: Metrics::new(),
        duo: None,
    }
}

/// A person with an app and a pending login, found twice as by two requests at once.
async fn awaited_twice(records: &Records, email: &str) -> (Totp, [PendingLogin; 2]) {
    let passwords = Passwords::new(PasswordSettings::default(), Metrics::new()).await.unwrap();
    let person = NewPerson {
        id: PersonId::generate().unwrap(),
        email: Email::parse(email).unwrap(),
        name: DisplayName::parse("Name").unwrap(),
        credential: passwords.hash(Zeroizing::new("password".into())).await.unwrap(),
        role: Role::Patient,
    };
    let (id, now) = (person.id, Moment::from(NOW));
    let (secret, parameters) = (random::totp_secret().unwrap(), Parameters::default());
    let totp = Totp::new(&secret, parameters);
    let kind = Kind::Totp { secret, parameters };
    let credential = Credential::from_parts(Id::generate().unwrap().into(), kind, None);
    let _added = records.guard.store().add(id.into(), &credential, NOW).await.unwrap();
    let (token, login) = (Token::generate().unwrap(), Id::generate().unwrap());
    let hash = token.to_hash();
    let added = records.database.transact(move |transaction| {
        people::add(transaction, &person)?;
        await_second_factor(transaction, (login, hash), id, now)
    });
    added.await.unwrap();
    let again = Token::parse(&token.to_text()).unwrap();
    let first = PendingLogin::find(records, token, now).await.unwrap().unwrap();
    let second = PendingLogin::find(records, again, now).await.unwrap().unwrap();
    (totp, [first, second])
}

async fn accept(records: &Records, login: &PendingLogin, totp: &Totp, at: u64) -> Accepted {
    let code = totp.code_at(UnixSeconds(at));
    let outcome = records.guard.verify_code(login.person().into(), &code, NOW).await.unwrap();
    let accepted = match outcome {
        Outcome::Passed(accepted) => Some(accepted),
        Outcome::Refused(_) => None,
    };
    accepted.unwrap()
}

async fn opens(records: &Records, accepted: Accepted, login: PendingLogin) -> bool {
    let browser = BrowserName::of(&axum::http::HeaderMap::new());
    let wishes = Wishes { browser, known: None, remember: false };
    let shown = (Proof::Accepted(accepted), login);
    with_second_factor(records, shown, wishes, NOW.into()).await.unwrap().is_some()
}

#[tokio::test]
async fn t34_a_pending_login_opens_one_session_though_two_codes_were_good() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(folder.path()).await;
    let (totp, [first, second]) = awaited_twice(&records, "one@example.com").await;
    let one = accept(&records, &first, &totp, NOW.0).await;
    let other = accept(&records, &second, &totp, NOW.0.saturating_add(30)).await;
    assert!(opens(&records, one, first).await);
    assert!(!opens(&records, other, second).await);
}

#[tokio::test]
async fn t06_a_code_of_one_person_opens_no_session_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(folder.path()).await;
    let (totp, [own, _]) = awaited_twice(&records, "one@example.com").await;
    let (_, [foreign, _]) = awaited_twice(&records, "other@example.com").await;
    let accepted = accept(&records, &own, &totp, NOW.0).await;
    assert!(!opens(&records, accepted, foreign).await);
}
