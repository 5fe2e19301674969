//! Who there is, what they have, and what is going on.

mod asking;
mod code;
mod device;
mod draw;
mod event;
mod security_key;
mod user;

pub(crate) use asking::{Asking, Kind, Stage};
pub(crate) use device::{Phone, Token, TokenKind};
pub(crate) use draw::Draw;
pub(crate) use event::Event;
pub(crate) use security_key::SecurityKey;
pub(crate) use user::{BypassCode, Enrolment, Status, User, Verification};

use std::collections::BTreeMap;

use crate::config::{Config, ConfigError, Decision, Person};

/// All of it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) draw: Draw,
    pub(crate) users: Vec<User>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) tokens: Vec<Token>,
    /// By txid.
    pub(crate) askings: BTreeMap<String, Asking>,
    /// Tokens of remembered devices, and whose.
    pub(crate) trusted_devices: BTreeMap<String, String>,
    /// Oldest first.
    pub(crate) events: Vec<Event>,
}

impl State {
    pub(crate) fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        let people = config.users.clone();
        let mut state = Self {
            config,
            draw: Draw::new(seed),
            users: Vec::new(),
            phones: Vec::new(),
            tokens: Vec::new(),
            askings: BTreeMap::new(),
            trusted_devices: BTreeMap::new(),
            events: Vec::new(),
        };
        for person in people {
            state.add_person(&person)?;
        }
        Ok(state)
    }

    fn add_person(&mut self, person: &Person) -> Result<(), ConfigError> {
        if self.user_named(&person.name).is_some() || person.name.is_empty() {
            return Err(ConfigError::new("every user has a name, and another one"));
        }
        let mut user = User::new(self.draw.id("DU"), &person.name);
        if let Some(status) = &person.status {
            user.status = Status::parse(status).ok_or_else(|| {
                ConfigError::new("a status is active, bypass, disabled or locked out")
            })?;
        }
        (user.decision, user.delay) = (person.decision, person.delay);
        (user.verified_push, user.push_fails) = (person.verified_push, person.push_fails);
        user.adds_security_key = person.adds_security_key;
        for phone in &person.phones {
            let phone = Phone::new(&mut self.draw, phone);
            user.phones.push(phone.id.clone());
            self.phones.push(phone);
        }
        for token in &person.tokens {
            let kind = TokenKind::parse(&token.kind, 30)
                .ok_or_else(|| ConfigError::new("a token is h6, h8, t6 or t8"))?;
            let token =
                Token::new(&mut self.draw, &token.serial, kind, &token.secret, token.counter)
                    .ok_or_else(|| ConfigError::new("a token's secret is 1 to 256 bytes in hex"))?;
            user.tokens.push(token.id.clone());
            self.tokens.push(token);
        }
        let draw = &mut self.draw;
        let codes = person.bypass_codes.iter().map(|code| BypassCode::new(draw.id("DB"), code));
        user.bypass_codes.extend(codes);
        self.users.push(user);
        Ok(())
    }

    pub(crate) fn user_named(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    pub(crate) fn phone(&self, id: &str) -> Option<&Phone> {
        self.phones.iter().find(|phone| phone.id == id)
    }

    pub(crate) fn phone_mut(&mut self, id: &str) -> Option<&mut Phone> {
        self.phones.iter_mut().find(|phone| phone.id == id)
    }

    pub(crate) fn token(&self, id: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.id == id)
    }

    pub(crate) fn token_mut(&mut self, id: &str) -> Option<&mut Token> {
        self.tokens.iter_mut().find(|token| token.id == id)
    }

    /// Counts a failure, or forgets all after a success. Returns whether the user is locked out.
    pub(crate) fn note_attempt(&mut self, user_id: &str, passed: bool) -> bool {
        let limit = self.config.lockout;
        let Some(user) = self.user_mut(user_id) else { return false };
        user.failures = if passed { 0 } else { user.failures.saturating_add(1) };
        if user.failures >= limit && user.status == Status::Active {
            user.status = Status::LockedOut;
        }
        user.status == Status::LockedOut
    }

    /// Starts asking a user on a phone.
    pub(crate) fn ask(&mut self, user_id: &str, phone_id: &str, kind: Kind, now: u64) -> String {
        let txid = self.draw.uuid();
        let user = self.user(user_id);
        let script = user.map_or((Decision::Ask, 0), |user| (user.decision, user.delay));
        let push_fails = user.is_some_and(|user| user.push_fails);
        let asking = Asking::new(user_id, phone_id, kind, script, push_fails, now);
        self.askings.insert(txid.clone(), asking);
        txid
    }

    /// Lets time pass, and records what that ends.
    pub(crate) fn tick(&mut self, now: u64) {
        let ended: Vec<String> = self
            .askings
            .iter_mut()
            .filter_map(|(txid, asking)| asking.tick(now).then(|| txid.clone()))
            .collect();
        for txid in ended {
            self.record_end(&txid, now);
        }
    }

    /// Records how an asking ended: in the log, and among the failures.
    pub(crate) fn record_end(&mut self, txid: &str, now: u64) {
        let Some(asking) = self.askings.get(txid) else { return };
        let Some(user) = self.user(&asking.user_id) else { return };
        let event = Event::of_asking(txid, asking, user, now);
        let (user_id, passed) = (asking.user_id.clone(), asking.stage.lets_in());
        self.events.push(event);
        self.note_attempt(&user_id, passed);
    }
}
