//! What the clinic's portal holds about a person: by category, with source and purposes.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use upheld_consent::{DataCategory, LawfulBasis, Purpose, StoragePeriod};

use super::App;
use super::filters;
use super::form::TOKEN_FIELD;
use super::pages::{Problem, form};
use super::reading::Reading;
use super::refusal::Refusal;
use crate::CLINIC;
use crate::consents::{self, Standing};
use crate::held::{self, CATEGORIES, Held};
use crate::language::phrase;
use crate::people::Role;
use crate::requests::{self, Counts};
use crate::sessions::Session;
use crate::token::FormToken;

/// A kind of data, and what it is used for.
pub(super) struct Kind {
    pub(super) category: DataCategory,
    pub(super) heading: &'static str,
    pub(super) source: &'static str,
    pub(super) uses: Vec<Use>,
}

/// A purpose, as the notice has it.
pub(super) struct Use {
    pub(super) description: &'static str,
    basis: &'static str,
    months: Option<u16>,
}

/// Shows what is held.
#[derive(Template)]
#[template(path = "data.html")]
struct DataPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    held: Held,
    counts: Counts,
    kinds: Vec<Kind>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(State(app): State<App>, session: Session) -> Result<Response, Refusal> {
    let (held, kinds) = look(&app, &session).await?;
    let counts = requests::count(&app.records, session.person()).await?;
    let page = DataPage {
        form_token: session.token().to_form_token(),
        session: &session,
        held,
        counts,
        kinds,
        problem: None,
    };
    form(&page, None)
}

/// What is held of each category, from where and what for.
pub(super) async fn look(app: &App, session: &Session) -> Result<(Held, Vec<Kind>), Refusal> {
    let (records, person) = (&app.records, session.person());
    let held = held::count(records, person).await?;
    let record = consents::load(records, person).await?;
    let standings = consents::standings(records, &record, app.clock.now()).await?;
    let notice = records.notices.in_language(Reading::current().language());
    let purposes: Vec<_> = notice.content().purposes.iter().collect();
    let kinds = CATEGORIES.map(|category| Kind {
        category,
        heading: heading(category),
        source: source(category, held.name_changed_at.is_some()),
        uses: uses(&purposes, category, &standings),
    });
    Ok((held, kinds.into()))
}

/// What a category is used for now: without asking, or by a consent that stands.
fn uses(purposes: &[&Purpose], category: DataCategory, standings: &[Standing]) -> Vec<Use> {
    let is_used = |purpose: &&&Purpose| {
        let agreed = |it: &Standing| it.is_for(purpose.id()) && it.agreed.is_some();
        purpose.data().contains(&category)
            && (!purpose.needs_consent() || standings.iter().any(agreed))
    };
    purposes.iter().filter(is_used).filter_map(|purpose| use_of(purpose)).collect()
}

fn use_of(purpose: &Purpose) -> Option<Use> {
    let months = match purpose.storage() {
        StoragePeriod::Months(months) => Some(*months),
        StoragePeriod::Until(_) => None,
    };
    let description = crate::notice::description(purpose.id())?;
    Some(Use { description, basis: basis(purpose.basis()), months })
}

pub(super) const fn heading(category: DataCategory) -> &'static str {
    match category {
        DataCategory::Name => phrase("Name"),
        DataCategory::EmailAddress => phrase("E-mail address"),
        DataCategory::Authentication => phrase("What you sign in with"),
        DataCategory::Device => phrase("Browsers and sessions"),
        DataCategory::Preference => phrase("Settings and decisions"),
        _ => phrase("E-mails and requests"),
    }
}

const fn source(category: DataCategory, is_name_yours: bool) -> &'static str {
    match category {
        DataCategory::Name if is_name_yours => phrase("You, in the portal"),
        DataCategory::Name | DataCategory::EmailAddress => {
            phrase("The clinic, when it opened your account")
        }
        DataCategory::Device => phrase("Your browser, when you signed in"),
        DataCategory::Correspondence => phrase("You, and what the portal wrote to you"),
        _ => phrase("You, in the portal"),
    }
}

const fn basis(basis: LawfulBasis) -> &'static str {
    match basis {
        LawfulBasis::Consent => phrase("You agreed to it"),
        LawfulBasis::Contract => phrase("Our contract with you needs it"),
        LawfulBasis::LegalObligation => phrase("The law demands it"),
        LawfulBasis::VitalInterests => phrase("A life depends on it"),
        LawfulBasis::PublicTask => phrase("It is a task in the public interest"),
        LawfulBasis::RecognisedLegitimateInterest | LawfulBasis::LegitimateInterests => {
            phrase("We have a legitimate interest in it")
        }
    }
}
