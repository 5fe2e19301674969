//! The pages at which a person is asked.

use askama::Template;
use http::{Method, Response, StatusCode};
use upheld_duo::{Params, UnixSeconds};

use super::security_key::allow_script;
use super::{Shown, Visit, address};
use crate::Simulator;
use crate::protocol::{html, redirect};
use crate::state::{Kind, Stage};

#[derive(Template)]
#[template(path = "prompt.html")]
struct PromptPage<'a> {
    sid: &'a str,
    who: &'a str,
    message: &'a str,
    is_waiting: bool,
    code: Option<&'a str>,
    phones: Vec<Offer<'a>>,
    takes_passcode: bool,
    security_key: Option<Offered>,
    /// Whether the browser can be remembered.
    remembers: bool,
}

/// What the page can ask of a security key, with the options in JSON.
pub(super) enum Offered {
    Add { options: String },
    Use { options: String },
}

/// What a phone can be asked by.
struct Offer<'a> {
    id: &'a str,
    name: String,
    push: bool,
    call: bool,
    sms: bool,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    why: &'a str,
}

impl Offered {
    const fn is_new(&self) -> bool {
        matches!(self, Self::Add { .. })
    }

    const fn ceremony(&self) -> &'static str {
        if self.is_new() { "add" } else { "use" }
    }

    fn options(&self) -> &str {
        match self {
            Self::Add { options } | Self::Use { options } => options,
        }
    }
}

pub(in crate::protocol) fn refusal(why: &str) -> Response<Vec<u8>> {
    let text = RefusalPage { why }.render().unwrap_or_default();
    html(StatusCode::BAD_REQUEST, text)
}

impl Simulator {
    /// Shows the page, or does what was chosen on it.
    pub(super) fn visit_page(
        &mut self,
        method: &Method,
        params: &Params,
        origin: &str,
        now: UnixSeconds,
    ) -> Response<Vec<u8>> {
        let sid = params.get("sid").unwrap_or_default().to_owned();
        let Some(visit) = self.visits.open.get(&sid).cloned() else {
            return refusal("This page is no longer good. Sign in again.");
        };
        let status = self.state.user_named(&visit.username).map(|user| user.status);
        if let Some(why) = status.and_then(super::closed_to) {
            self.visits.forget(&sid);
            return refusal(why);
        }
        if method == Method::POST {
            return self.choose(&sid, visit, params, origin, now);
        }
        match visit.txid.as_ref().and_then(|txid| self.state.askings.get(txid)) {
            Some(asking) if asking.stage == Stage::Approved => {
                let shown =
                    Shown { factor: asking.kind.factor(), reason: "user_approved", at: now };
                self.visits.forget(&sid);
                self.leave(visit, shown, now)
            }
            Some(asking) if asking.is_over() => {
                let message = asking.stage.message(&asking.kind).to_owned();
                self.say(&sid, message, None);
                self.show(&sid, origin)
            }
            _ => self.show(&sid, origin),
        }
    }

    fn choose(
        &mut self,
        sid: &str,
        visit: Visit,
        params: &Params,
        origin: &str,
        now: UnixSeconds,
    ) -> Response<Vec<u8>> {
        let id = self.state.user_named(&visit.username).map(|user| user.id.clone());
        let Some(id) = id else { return refusal("You are not enrolled.") };
        let visit = self.choose_to_be_remembered(sid, visit, params);
        let phone = params.get("device").unwrap_or_default().to_owned();
        let is_theirs = self.state.user(&id).is_some_and(|user| user.phones.contains(&phone));
        let able = self.state.phone(&phone).filter(|_| is_theirs);
        let (push, call, sms) = able.map_or_else(Default::default, |it| (it.push, it.call, it.sms));
        match params.get("factor") {
            Some("push") if push => {
                let draw = self.state.draw.digits(3);
                let is_verified = self.state.user(&id).is_some_and(|user| user.verified_push);
                let kind = Kind::Push { code: is_verified.then_some(draw), lines: Vec::new() };
                let txid = self.state.ask(&id, &phone, kind, now.0);
                self.say(sid, "Check your phone for a Duo Push.".to_owned(), Some(txid));
            }
            Some("phone") if call => {
                let txid = self.state.ask(&id, &phone, Kind::Call, now.0);
                self.say(sid, "Calling your phone.".to_owned(), Some(txid));
            }
            Some("sms") if sms => {
                self.send_sms(&phone, now);
                self.say(sid, Stage::Sent.message(&Kind::Call).to_owned(), None);
            }
            Some("passcode") => {
                let typed = params.get("passcode").unwrap_or_default().replace(' ', "");
                let txid = self.check_passcode(&id, &typed, now);
                let asking = self.state.askings.get(&txid);
                if let Some(asking) = asking.filter(|asking| asking.stage == Stage::Approved) {
                    let factor = asking.kind.factor();
                    let shown = Shown { factor, reason: "valid_passcode", at: now };
                    self.visits.forget(sid);
                    return self.leave(Visit { txid: Some(txid), ..visit }, shown, now);
                }
                self.say(sid, "Incorrect passcode. Please try again.".to_owned(), None);
            }
            Some("add_security_key") => {
                let message = match self.add_security_key(sid, &id, params, origin, now) {
                    Ok(()) => "Your security key was added. Use it to sign in.".to_owned(),
                    Err(problem) => format!("The security key was not added: {problem}."),
                };
                self.say(sid, message, None);
            }
            Some("use_security_key") => match self.check_security_key(sid, &id, params, origin) {
                Ok(()) => {
                    let txid = self.over(&id, Kind::SecurityKey, Stage::Approved, now);
                    self.visits.forget(sid);
                    let factor = Kind::SecurityKey.factor();
                    let shown = Shown { factor, reason: "user_approved", at: now };
                    return self.leave(Visit { txid: Some(txid), ..visit }, shown, now);
                }
                Err(problem) => {
                    self.over(&id, Kind::SecurityKey, Stage::Denied, now);
                    let message = format!("The security key was not accepted: {problem}.");
                    self.say(sid, message, None);
                }
            },
            Some("cancel") => {
                self.visits.forget(sid);
                let query =
                    Params::new().with("state", &visit.state).with("error", "access_denied");
                return redirect(&address(&visit.redirect_uri, &query));
            }
            _ => self.say(sid, "Choose a way to sign in.".to_owned(), None),
        }
        redirect(&["/frame/prompt?sid=", sid].concat())
    }

    fn choose_to_be_remembered(&mut self, sid: &str, visit: Visit, params: &Params) -> Visit {
        let remember = params.get("remember") == Some("yes");
        if let Some(open) = self.visits.open.get_mut(sid) {
            open.remember = remember;
        }
        Visit { remember, ..visit }
    }

    fn say(&mut self, sid: &str, message: String, txid: Option<String>) {
        if let Some(visit) = self.visits.open.get_mut(sid) {
            (visit.message, visit.txid) = (message, txid);
        }
    }

    fn show(&mut self, sid: &str, origin: &str) -> Response<Vec<u8>> {
        let security_key = self.offer_security_key(sid, origin);
        let visit = self.visits.open.get(sid);
        let user = visit.and_then(|visit| self.state.user_named(&visit.username));
        let Some((visit, user)) = visit.zip(user) else { return refusal("You are not enrolled.") };
        let asking = visit.txid.as_ref().and_then(|txid| self.state.askings.get(txid));
        let code = asking.and_then(|asking| match &asking.kind {
            Kind::Push { code, .. } => code.as_deref(),
            _ => None,
        });
        let phones = user.phones.iter().filter_map(|id| self.state.phone(id));
        let offers: Vec<_> = phones
            .map(|phone| Offer {
                id: &phone.id,
                name: phone.display_name(),
                push: phone.push,
                call: phone.call,
                sms: phone.sms,
            })
            .collect();
        let page = PromptPage {
            sid,
            who: visit.display_username.as_deref().unwrap_or(&visit.username),
            message: &visit.message,
            is_waiting: asking.is_some_and(|asking| !asking.is_over()),
            code,
            takes_passcode: !offers.is_empty()
                || !user.tokens.is_empty()
                || !user.bypass_codes.is_empty(),
            phones: offers,
            security_key,
            remembers: self.state.config.remembered_seconds > 0,
        };
        let mut reply = html(StatusCode::OK, page.render().unwrap_or_default());
        allow_script(&mut reply);
        reply
    }
}
