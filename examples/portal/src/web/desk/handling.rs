//! What the pages of a request and of a complaint have alike: who deals with it, what happened, and
//! the forms that lead back.

use super::super::form::Fields;
use super::forms::Form;
use super::timeline::{self, Line};
use crate::desk::Case;
use crate::desk::assignment::{self, Colleague};
use crate::people::{Contacts, Role};
use crate::records::Records;
use crate::requests::RequestsError;
use crate::sessions::Session;

/// Who deals with it, and what happened until now.
pub(super) struct Handling {
    pub(super) lines: Vec<Line>,
    /// Whether earlier changes of who deals with it are left out.
    pub(super) is_cut: bool,
    /// What who deals with it is called; none while nobody does.
    pub(super) assignee: Option<String>,
    /// To whom it may be given by the reader, and whether they have it.
    pub(super) colleagues: Vec<(Colleague, bool)>,
}

impl Handling {
    pub(super) async fn of<R, E>(
        records: &Records,
        case: &Case<R, E>,
        role: Role,
        lines: Vec<Line>,
    ) -> Result<Self, RequestsError> {
        let history = assignment::history(&records.database, case.id).await?;
        Ok(Self {
            lines: timeline::with_assignments(lines, history.latest),
            is_cut: history.is_cut,
            assignee: match case.assignee {
                Some(person) => {
                    let mut contacts = Contacts::default();
                    Some(assignment::name_of(records, &mut contacts, person).await?)
                }
                None => None,
            },
            colleagues: colleagues(records, case, role).await?,
        })
    }
}

/// To whom somebody of this role may give it: nobody, for whoever does not act.
async fn colleagues<R, E>(
    records: &Records,
    case: &Case<R, E>,
    role: Role,
) -> Result<Vec<(Colleague, bool)>, RequestsError> {
    if matches!(role, Role::Patient | Role::Auditor) {
        return Ok(Vec::new());
    }
    let colleagues = assignment::colleagues(&records.database).await?;
    let others = colleagues.into_iter().filter(|one| one.id != case.person);
    let with_it = |one: Colleague| {
        let has_it = Some(one.id) == case.assignee;
        (one, has_it)
    };
    Ok(others.map(with_it).collect())
}

/// What somebody may do there: of their own they only read.
pub(super) fn role_at<R, E>(session: &Session, case: &Case<R, E>) -> Role {
    if session.person() == case.person { Role::Auditor } else { session.role() }
}

/// Puts what was typed back into a form that was not taken, and says where the problem is.
pub(super) fn put_back(forms: &mut [Form], (slug, field): (&str, &str), typed: &Fields) -> String {
    for form in forms.iter_mut().filter(|form| form.slug == slug) {
        for field in &mut form.fields {
            typed.typed(field.name).clone_into(&mut field.value);
        }
    }
    if field.is_empty() { "acts".into() } else { format!("{slug}-{field}") }
}
