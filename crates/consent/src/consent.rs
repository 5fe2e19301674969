//! Consent as a fold over what happened: per purpose, channel and recipient.
//!
//! [`ConsentRecord::decide`] says whether something may happen and gives the [`ConsentEvent`] to keep;
//! [`ConsentRecord::apply`] takes it in; [`ConsentRecord::replay`] makes the record again from what
//! was kept. Nothing else is stored.

mod contact;
mod decision;
mod event;
mod grant;
mod obligation;
mod record;
mod rejection;
mod scope;
mod state;
mod suppression;

pub use contact::{Contact, SoftOptIn, SoftOptInGap, Subscriber, TpsScreening};
pub use decision::{Decision, Ground, Processing, Reason};
pub use event::{Change, ConsentEvent, EventError, Happening, Invalidity};
pub use grant::{Affirmation, Capacity, ConsentKind, Grant, Guardian, GuardianCheck, Method};
pub use obligation::Obligation;
pub use record::{ConsentRecord, ReplayError};
pub use rejection::Rejection;
pub use scope::{Channel, RecordId, RecordIdError, Scope};
pub use state::{Circumstances, Command, State, Status};
pub use suppression::{SuppressionError, SuppressionList};
