//! `/auth/v2/*`

use std::net::IpAddr;

use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json as object};
use upheld_duo::{Params, UnixSeconds};

use super::{Failure, Json, Outcome, invalid, json, required};
use crate::state::{
    Asking, BypassCode, Enrolment, Kind, Phone, Stage, Status, Token, User, Verification,
};
use crate::{Simulator, Ticket};

/// A picture of one point: ISO/IEC 15948.
const LOGO: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\x0f\x04\0\t\xfb\x03\xfd\xe3U\xf2\x9c\0\0\0\0IEND\xaeB`\x82";
/// How long the code of a verified push is good for, in seconds.
const VERIFIED_SECONDS: u64 = 60;

impl Simulator {
    pub(super) fn auth_api(&mut self, path: &str, params: &Params, now: UnixSeconds) -> Outcome {
        match path {
            "/auth/v2/check" => json(object!({ "time": now.0 })).into(),
            "/auth/v2/logo" => Outcome::Page(logo()),
            "/auth/v2/enroll" => self.enroll(params, now).into(),
            "/auth/v2/enroll_status" => self.enroll_status(params, now).into(),
            "/auth/v2/preauth" => self.preauth(params, now).into(),
            "/auth/v2/auth" => self.auth(params, now),
            "/auth/v2/auth_status" => match required(params, "txid") {
                Ok(txid) => self.status_answer(txid),
                Err(failure) => Err(failure).into(),
            },
            _ => Err(Failure::new(40_401, "Resource not found")).into(),
        }
    }

    fn enroll(&mut self, params: &Params, now: UnixSeconds) -> Json {
        let draw = &mut self.state.draw;
        let name = params.get("username").map_or_else(|| draw.hex(), ToOwned::to_owned);
        let seconds = number(params, "valid_secs", 86_400)?;
        let (id, code) = (draw.id("DU"), draw.id(""));
        if self.state.user_named(&name).is_some() {
            return Err(invalid("username already exists"));
        }
        let host = data_encoding::BASE64.encode(self.host.as_bytes());
        let code = format!("duo://{code}-{host}");
        let expires = now.0.saturating_add(seconds);
        let mut user = User::new(id.clone(), &name);
        let count = number(params, "bypass_codes", 0)?;
        if count > 10 {
            return Err(invalid("bypass_codes"));
        }
        let draw = &mut self.state.draw;
        for _ in 0..count {
            let text = draw.digits(9);
            user.bypass_codes.push(BypassCode::new(draw.id("DB"), &text));
        }
        let codes: Vec<_> = user.bypass_codes.iter().map(|code| code.code.clone()).collect();
        user.enrolment = Some(Enrolment { code: code.clone(), expires, done: false });
        self.state.users.push(user);
        let mut answer = object!({
            "activation_barcode": format!("{}://{}/frame/qr?value={code}", self.scheme, self.host),
            "activation_code": code,
            "activation_url": format!("{}://{}/activate/{id}", self.scheme, self.host),
            "expiration": expires,
            "user_id": id,
            "username": name,
        });
        if let (false, Some(members)) = (codes.is_empty(), answer.as_object_mut()) {
            members.insert("bypass_codes".into(), codes.into());
        }
        json(answer)
    }

    fn enroll_status(&self, params: &Params, now: UnixSeconds) -> Json {
        let (id, code) = (required(params, "user_id")?, required(params, "activation_code")?);
        let enrolment = self.state.user(id).and_then(|user| user.enrolment.as_ref());
        let status = match enrolment {
            Some(enrolment) if enrolment.code != code => "invalid",
            Some(Enrolment { done: true, .. }) => "success",
            Some(Enrolment { expires, .. }) if now.0 < *expires => "waiting",
            _ => "invalid",
        };
        json(status.into())
    }

    fn preauth(&mut self, params: &Params, now: UnixSeconds) -> Json {
        let Some(id) = self.find_user(params)? else {
            return json(self.enrol_first());
        };
        let address = params.get("ipaddr").and_then(|text| text.parse::<IpAddr>().ok());
        let is_near =
            address.is_some_and(|from| self.state.config.trusted_networks.contains(&from));
        let token = params.get("trusted_device_token");
        let is_remembered =
            token.is_some_and(|token| self.state.trusted_devices.get(token) == Some(&id));
        let Some(user) = self.state.user(&id) else { return json(self.enrol_first()) };
        match user.status {
            Status::Bypass => return result("allow", "Bypass user"),
            Status::Disabled => return result("deny", "Your account is disabled."),
            Status::LockedOut => return result("deny", "Your account has been locked out."),
            Status::Active if is_near => return result("allow", "Trusted network"),
            Status::Active if is_remembered => return result("allow", "Trusted device"),
            Status::Active if !user.is_enrolled() => return json(self.enrol_first()),
            Status::Active => {}
        }
        let devices = self.devices(user);
        let mut answer =
            object!({ "result": "auth", "status_msg": "Account is active", "devices": devices });
        if params.get("client_supports_verified_push") == Some("1") && user.verified_push {
            let (txid, code) = (self.state.draw.uuid(), self.state.draw.digits(3));
            let expires = now.0.saturating_add(VERIFIED_SECONDS);
            if let Some(members) = answer.as_object_mut() {
                members.insert("txid".into(), txid.clone().into());
                members.insert("verification_code".into(), code.clone().into());
                members.insert("expiration".into(), expires.into());
            }
            if let Some(user) = self.state.user_mut(&id) {
                user.verification = Some(Verification { txid, code, expires });
            }
        }
        json(answer)
    }

    fn enrol_first(&self) -> Value {
        object!({
            "result": "enroll",
            "status_msg": "Enroll an authentication device to proceed",
            "enroll_portal_url": format!("{}://{}/portal", self.scheme, self.host),
        })
    }

    fn auth(&mut self, params: &Params, now: UnixSeconds) -> Outcome {
        match self.begin(params, now) {
            Err(failure) => Err(failure).into(),
            Ok(txid) if matches!(params.get("async"), Some("1" | "true")) => {
                json(object!({ "txid": txid })).into()
            }
            Ok(txid) => {
                self.state.tick(now.0);
                self.auth_answer(&txid)
            }
        }
    }

    /// Starts an authentication, and ends it at once where nobody need be asked.
    fn begin(&mut self, params: &Params, now: UnixSeconds) -> Result<String, Failure> {
        let factor = required(params, "factor")?;
        let id = self.find_user(params)?.ok_or_else(|| invalid("username"))?;
        let Some(user) = self.state.user(&id) else { return Err(invalid("username")) };
        match user.status {
            Status::LockedOut => return Ok(self.over(&id, Kind::NotAsked, Stage::LockedOut, now)),
            Status::Disabled => return Ok(self.over(&id, Kind::NotAsked, Stage::Denied, now)),
            Status::Bypass => return Ok(self.over(&id, Kind::NotAsked, Stage::Bypassed, now)),
            Status::Active => {}
        }
        if factor == "passcode" {
            let typed = required(params, "passcode")?;
            return Ok(self.check_passcode(&id, typed, now));
        }
        let wanted = required(params, "device")?;
        let able = |phone: &&Phone| match factor {
            "push" => phone.push,
            "phone" => phone.call,
            "sms" => phone.sms,
            _ => phone.push || phone.call,
        };
        let phones = user.phones.iter().filter_map(|id| self.state.phone(id));
        let mut phones = phones.filter(|phone| wanted == "auto" || phone.id == wanted);
        let phone = phones.find(able).ok_or_else(|| invalid("no capable device"))?;
        let (phone_id, can_push) = (phone.id.clone(), phone.push);
        match factor {
            "sms" => {
                self.send_sms(&phone_id, now);
                Ok(self.over(&id, Kind::Passcode("sms_refresh"), Stage::Sent, now))
            }
            "phone" => Ok(self.state.ask(&id, &phone_id, Kind::Call, now.0)),
            "auto" if !can_push => Ok(self.state.ask(&id, &phone_id, Kind::Call, now.0)),
            "push" | "auto" => {
                let kind = self.push_of(&id, params, now)?;
                Ok(self.state.ask(&id, &phone_id, kind, now.0))
            }
            _ => Err(invalid("factor")),
        }
    }

    fn push_of(&mut self, id: &str, params: &Params, now: UnixSeconds) -> Result<Kind, Failure> {
        let mut lines: Vec<(String, String)> = Vec::new();
        for (name, label) in [("type", "Request"), ("display_username", "User"), ("ipaddr", "From")]
        {
            lines.extend(params.get(name).map(|value| (label.to_owned(), value.to_owned())));
        }
        let info = Params::parse_form(params.get("pushinfo").unwrap_or_default());
        let info = info.map_err(|_| invalid("pushinfo"))?;
        lines.extend(info.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let code = match params.get("txid") {
            None => None,
            Some(txid) => {
                let user = self.state.user_mut(id).ok_or_else(|| invalid("username"))?;
                let is_good = |known: &Verification| known.txid == txid && now.0 < known.expires;
                let verification = user.verification.take().filter(is_good);
                Some(verification.ok_or_else(|| invalid("txid"))?.code)
            }
        };
        Ok(Kind::Push { code, lines })
    }

    pub(crate) fn check_passcode(&mut self, id: &str, typed: &str, now: UnixSeconds) -> String {
        let found = self.state.use_passcode(id, typed, now.0);
        let kind = Kind::Passcode(found.map_or("passcode", |found| found.0));
        let stage = if found.is_some() { Stage::Approved } else { Stage::Denied };
        self.over(id, kind, stage, now)
    }

    pub(crate) fn send_sms(&mut self, phone_id: &str, now: UnixSeconds) {
        let phones = &mut self.state.phones;
        if let Some(phone) = phones.iter_mut().find(|phone| phone.id == phone_id) {
            phone.send_passcodes(&mut self.state.draw, now.0);
        }
    }

    pub(crate) fn over(&mut self, id: &str, kind: Kind, stage: Stage, now: UnixSeconds) -> String {
        let txid = self.state.draw.uuid();
        self.state.askings.insert(txid.clone(), Asking::over(id, kind, stage, now.0));
        if stage != Stage::Sent {
            self.state.record_end(&txid, now.0);
        }
        txid
    }

    /// The answer to a call that waits for the end.
    pub(super) fn auth_answer(&mut self, txid: &str) -> Outcome {
        let Some(asking) = self.state.askings.get(txid) else { return Err(invalid("txid")).into() };
        if !asking.is_over() {
            return Outcome::Wait(Ticket::Auth(txid.to_owned()), asking.next_change());
        }
        let message = asking.stage.message(&asking.kind);
        let (stage, id) = (asking.stage, asking.user_id.clone());
        self.stage_answer(stage, message, &id).into()
    }

    /// The answer to a call that waits for a change.
    pub(super) fn status_answer(&mut self, txid: &str) -> Outcome {
        let Some(asking) = self.state.askings.get_mut(txid) else {
            return Err(invalid("txid")).into();
        };
        let (next, id) = (asking.next_change(), asking.user_id.clone());
        match asking.report() {
            Some(stage) => {
                let message = stage.message(&asking.kind);
                self.stage_answer(stage, message, &id).into()
            }
            None => Outcome::Wait(Ticket::Status(txid.to_owned()), next),
        }
    }

    fn stage_answer(&mut self, stage: Stage, message: &str, user_id: &str) -> Json {
        let (result, status) = stage.as_reply();
        let mut answer = object!({ "result": result, "status": status, "status_msg": message });
        if stage == Stage::Approved {
            let token = self.state.draw.hex();
            self.state.trusted_devices.insert(token.clone(), user_id.to_owned());
            if let Some(members) = answer.as_object_mut() {
                members.insert("trusted_device_token".into(), token.into());
            }
        }
        json(answer)
    }

    /// Whom a call is about: a user by name or by id, and not both.
    fn find_user(&self, params: &Params) -> Result<Option<String>, Failure> {
        match (params.get("username"), params.get("user_id")) {
            (Some(_), Some(_)) => Err(invalid("username")),
            (Some(name), None) if !name.is_empty() => {
                Ok(self.state.user_named(name).map(|user| user.id.clone()))
            }
            (None, Some(id)) => match self.state.user(id) {
                Some(user) => Ok(Some(user.id.clone())),
                None => Err(invalid("user_id")),
            },
            _ => Err(Failure::new(40_001, "Missing required request parameters").about("username")),
        }
    }

    pub(crate) fn devices(&self, user: &User) -> Vec<Value> {
        let phones = user.phones.iter().filter_map(|id| self.state.phone(id));
        let tokens = user.tokens.iter().filter_map(|id| self.state.token(id));
        phones.map(phone_of_preauth).chain(tokens.map(token_of_preauth)).collect()
    }
}

fn phone_of_preauth(phone: &Phone) -> Value {
    let mut device = object!({
        "capabilities": phone.capabilities(),
        "device": phone.id,
        "display_name": phone.display_name(),
        "name": phone.name,
        "number": phone.masked_number(),
        "type": "phone",
    });
    if let (Some(next), Some(members)) = (phone.next_sms_code(), device.as_object_mut()) {
        members.insert("sms_nextcode".into(), next.into());
    }
    device
}

fn token_of_preauth(token: &Token) -> Value {
    object!({
        "device": token.id,
        "display_name": token.serial,
        "name": token.serial,
        "type": "token",
    })
}

fn result(result: &str, message: &str) -> Json {
    json(object!({ "result": result, "status_msg": message }))
}

fn logo() -> Response<Vec<u8>> {
    let mut reply = Response::new(LOGO.to_vec());
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    reply
}

/// A whole number, if it is given.
pub(super) fn number(params: &Params, name: &str, otherwise: u64) -> Result<u64, Failure> {
    match params.get(name) {
        None | Some("") => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| invalid(name)),
    }
}
