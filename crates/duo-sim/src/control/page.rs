//! The page that shows the phones.

use askama::Template;
use http::{Response, StatusCode};

use crate::Simulator;
use crate::protocol::html;
use crate::state::{Kind, Stage};

#[derive(Template)]
#[template(path = "phones.html")]
struct PhonesPage<'a> {
    people: Vec<Shown<'a>>,
    /// Those who have nothing yet.
    newcomers: Vec<&'a str>,
}

/// A person with something to press.
struct Shown<'a> {
    name: &'a str,
    askings: Vec<Ringing<'a>>,
    texts: Vec<&'a str>,
    has_passcode: bool,
}

/// A push or a call that waits.
struct Ringing<'a> {
    txid: &'a str,
    is_push: bool,
    wants_code: bool,
    rings: bool,
    lines: Vec<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "passcode.html")]
struct PasscodePage<'a> {
    username: &'a str,
    passcode: &'a str,
}

pub(super) fn passcode_page(username: &str, passcode: &str) -> Response<Vec<u8>> {
    let page = PasscodePage { username, passcode };
    html(StatusCode::OK, page.render().unwrap_or_default())
}

impl Simulator {
    pub(super) fn phone_page(&self) -> Response<Vec<u8>> {
        let people = self.state.users.iter().filter(|user| user.is_enrolled());
        let shown = people.map(|user| Shown {
            name: &user.name,
            askings: self.ringing(&user.id),
            texts: self
                .phones_of(&user.name)
                .flat_map(|phone| &phone.texts)
                .map(|text| text.body.as_str())
                .collect(),
            has_passcode: !user.tokens.is_empty()
                || self.phones_of(&user.name).any(|phone| phone.push),
        });
        let newcomers = self.state.users.iter().filter(|user| !user.is_enrolled());
        let page = PhonesPage {
            people: shown.collect(),
            newcomers: newcomers.map(|user| user.name.as_str()).collect(),
        };
        html(StatusCode::OK, page.render().unwrap_or_default())
    }

    fn ringing(&self, user_id: &str) -> Vec<Ringing<'_>> {
        let askings = self.state.askings.iter();
        let theirs = askings.filter(|(_, asking)| asking.user_id == user_id && !asking.is_over());
        theirs
            .map(|(txid, asking)| {
                let (is_push, wants_code, lines) = match &asking.kind {
                    Kind::Push { code, lines } => (true, code.is_some(), lines.as_slice()),
                    _ => (false, false, [].as_slice()),
                };
                let rings = asking.stage == Stage::Calling;
                let lines = lines.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                Ringing { txid, is_push, wants_code, rings, lines: lines.collect() }
            })
            .collect()
    }
}
