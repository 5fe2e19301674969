//! Messages of other people's protocols: their examples, what their implementations send, and what
//! must not pass.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod drp;
mod moment;
mod opendsr;

use upheld_consent::Date;
use upheld_consent::request::{
    Ask, Channel, Command, Context, ControllerStatus, Identity, Name, Receipt, Request, Requester,
    decide,
};

/// A request after these commands, each of the day after the one before.
fn request(ask: Ask, commands: Vec<Command>) -> Request {
    let (by, calendar) = (Name::new("desk").unwrap(), upheld_consent::Calendar::WEEKENDS);
    let receipt = Receipt {
        ask,
        channel: Channel::Api,
        requester: Requester::Subject,
        identity: Identity::SignedIn,
    };
    let mut at = Date::new(2026, 6, 1).unwrap();
    let mut request: Option<Request> = None;
    for command in std::iter::once(Command::Receive(receipt)).chain(commands) {
        let controller = ControllerStatus::HealthProfessional;
        let context = Context { at, today: at, by: &by, calendar: &calendar, controller };
        for event in decide(request.as_ref(), command, &context).unwrap() {
            request = Some(match request {
                Some(request) => request.apply(&event).unwrap(),
                None => Request::replay([&event]).unwrap(),
            });
        }
        at = at.plus_days(1).unwrap();
    }
    request.unwrap()
}
