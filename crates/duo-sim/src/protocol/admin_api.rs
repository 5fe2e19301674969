//! `/admin/v1/*`

use http::Method;
use serde_json::{Value, json as object};
use upheld_duo::{Params, UnixSeconds};

use super::auth_api::number;
use super::reply::{Done, page};
use super::{Failure, Json, invalid, json, required};
use crate::Simulator;
use crate::config::PhoneOf;
use crate::state::{BypassCode, Phone, SecurityKey, Status, Token, TokenKind, User};

impl Simulator {
    pub(super) fn admin_api(
        &mut self,
        method: &Method,
        path: &str,
        params: &Params,
        now: UnixSeconds,
    ) -> Json {
        if path == "/admin/v2/logs/authentication" && method == Method::GET {
            return self.authentication_log(params);
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let Some((["admin", "v1"], rest)) = segments.split_at_checked(2) else {
            return Err(missing());
        };
        match (method.as_str(), rest) {
            ("GET", ["users"]) => self.list_users(params),
            ("POST", ["users"]) => self.create_user(params),
            ("GET", ["users", id]) => json(self.user_json(self.known(id)?)),
            ("POST", ["users", id]) => self.modify_user(id, params),
            ("DELETE", ["users", id]) => self.delete_user(id),
            ("GET", ["phones"]) => {
                listed(self.state.phones.iter().map(phone_json).collect(), params, 500)
            }
            ("GET", ["phones", id]) => json(phone_json(self.state.phone(id).ok_or_else(missing)?)),
            ("POST", ["phones"]) => self.create_phone(params),
            ("POST", ["phones", id]) => self.modify_phone(id, params),
            ("POST", ["phones", id, "send_sms_passcodes"]) => {
                self.state.phone(id).filter(|phone| phone.sms).ok_or_else(missing)?;
                self.send_sms(id, now);
                json("".into())
            }
            ("DELETE", ["phones", id]) => self.delete_phone(id),
            ("GET", ["tokens"]) => {
                listed(self.state.tokens.iter().map(token_json).collect(), params, 500)
            }
            ("GET", ["tokens", id]) => json(token_json(self.state.token(id).ok_or_else(missing)?)),
            ("POST", ["tokens"]) => self.create_token(params),
            ("POST", ["tokens", id, "resync"]) => self.resync_token(id, params),
            ("DELETE", ["tokens", id]) => self.delete_token(id),
            ("GET", ["bypass_codes"]) => {
                let codes = self.state.users.iter().flat_map(|user| &user.bypass_codes);
                listed(codes.map(bypass_json).collect(), params, 500)
            }
            ("DELETE", ["bypass_codes", id]) => self.delete_bypass_code(id),
            ("GET", ["webauthncredentials"]) => {
                let users = self.state.users.iter();
                listed(users.flat_map(security_keys_json).collect(), params, 500)
            }
            ("DELETE", ["webauthncredentials", id]) => self.delete_security_key(id),
            // Duo has moved them all to WebAuthn.
            ("GET", ["u2ftokens"]) => listed(Vec::new(), params, 500),
            ("GET", ["users", id, kind]) => self.list_of_user(id, kind, params),
            ("POST", ["users", id, "bypass_codes"]) => self.create_bypass_codes(id, params, now),
            ("POST", ["users", id, "phones"]) => self.attach(id, params, "phone_id"),
            ("POST", ["users", id, "tokens"]) => self.attach(id, params, "token_id"),
            ("DELETE", ["users", id, "phones" | "tokens", device]) => self.detach(id, device),
            _ => Err(missing()),
        }
    }

    fn known(&self, id: &str) -> Result<&User, Failure> {
        self.state.user(id).ok_or_else(missing)
    }

    fn known_mut(&mut self, id: &str) -> Result<&mut User, Failure> {
        self.state.user_mut(id).ok_or_else(missing)
    }

    fn list_users(&self, params: &Params) -> Json {
        let wanted = params.get("username");
        let users =
            self.state.users.iter().filter(|user| wanted.is_none_or(|name| name == user.name));
        listed(users.map(|user| self.user_json(user)).collect(), params, 300)
    }

    fn create_user(&mut self, params: &Params) -> Json {
        let name = required(params, "username")?;
        if self.state.user_named(name).is_some() {
            return Err(invalid("username already exists"));
        }
        let mut user = User::new(self.state.draw.id("DU"), name);
        change(&mut user, params)?;
        let answer = self.user_json(&user);
        self.state.users.push(user);
        json(answer)
    }

    fn modify_user(&mut self, id: &str, params: &Params) -> Json {
        change(self.known_mut(id)?, params)?;
        json(self.user_json(self.known(id)?))
    }

    fn delete_user(&mut self, id: &str) -> Json {
        self.known(id)?;
        self.state.users.retain(|user| user.id != id);
        json("".into())
    }

    fn create_phone(&mut self, params: &Params) -> Json {
        let is_mobile = !matches!(params.get("type"), Some("landline"));
        let text = |name| params.get(name).unwrap_or_default().to_owned();
        let (name, number) = (text("name"), text("number"));
        let call = !number.is_empty();
        let of = PhoneOf { name, number, push: is_mobile, sms: is_mobile && call, call };
        let phone = Phone::new(&mut self.state.draw, &of);
        let answer = phone_json(&phone);
        self.state.phones.push(phone);
        json(answer)
    }

    fn modify_phone(&mut self, id: &str, params: &Params) -> Json {
        let phone = self.state.phone_mut(id).ok_or_else(missing)?;
        for (name, field) in [("name", &mut phone.name), ("number", &mut phone.number)] {
            if let Some(value) = params.get(name) {
                value.clone_into(field);
            }
        }
        json(phone_json(phone))
    }

    fn delete_phone(&mut self, id: &str) -> Json {
        self.state.phone(id).ok_or_else(missing)?;
        self.state.phones.retain(|phone| phone.id != id);
        self.forget_device(id);
        json("".into())
    }

    fn create_token(&mut self, params: &Params) -> Json {
        let (kind, serial) = (required(params, "type")?, required(params, "serial")?);
        let step =
            u32::try_from(number(params, "totp_step", 30)?).map_err(|_| invalid("totp_step"))?;
        // A YubiKey's own passcodes are not simulated.
        let kind = TokenKind::parse(kind, step).ok_or_else(|| invalid("type"))?;
        let is_same = |token: &Token| token.serial == serial && token.kind == kind;
        if serial.len() > 128 || self.state.tokens.iter().any(is_same) {
            return Err(invalid("serial"));
        }
        let counter = number(params, "counter", 0)?;
        let secret = required(params, "secret")?;
        let token = Token::new(&mut self.state.draw, serial, kind, secret, counter)
            .ok_or_else(|| invalid("secret"))?;
        let answer = token_json(&token);
        self.state.tokens.push(token);
        json(answer)
    }

    fn resync_token(&mut self, id: &str, params: &Params) -> Json {
        let codes =
            [required(params, "code1")?, required(params, "code2")?, required(params, "code3")?];
        let token = self.state.token_mut(id).ok_or_else(missing)?;
        if token.resynchronize(codes) { json("".into()) } else { Err(invalid("code1")) }
    }

    fn delete_token(&mut self, id: &str) -> Json {
        self.state.token(id).ok_or_else(missing)?;
        self.state.tokens.retain(|token| token.id != id);
        self.forget_device(id);
        json("".into())
    }

    fn forget_device(&mut self, id: &str) {
        for user in &mut self.state.users {
            user.phones.retain(|phone| phone != id);
            user.tokens.retain(|token| token != id);
        }
    }

    fn attach(&mut self, id: &str, params: &Params, name: &str) -> Json {
        let device = required(params, name)?;
        let is_phone = self.state.phone(device).is_some();
        if !is_phone && self.state.token(device).is_none() {
            return Err(invalid(name));
        }
        let user = self.known_mut(id)?;
        let devices = if is_phone { &mut user.phones } else { &mut user.tokens };
        if !devices.iter().any(|known| known == device) {
            devices.push(device.to_owned());
        }
        json("".into())
    }

    fn detach(&mut self, id: &str, device: &str) -> Json {
        let user = self.known_mut(id)?;
        user.phones.retain(|phone| phone != device);
        user.tokens.retain(|token| token != device);
        json("".into())
    }

    fn list_of_user(&self, id: &str, kind: &str, params: &Params) -> Json {
        let user = self.known(id)?;
        let items = match kind {
            "phones" => self.phones_json(user),
            "tokens" => self.tokens_json(user),
            "bypass_codes" => user.bypass_codes.iter().map(bypass_json).collect(),
            "webauthncredentials" => security_keys_json(user),
            "u2ftokens" => Vec::new(),
            _ => return Err(missing()),
        };
        listed(items, params, 500)
    }

    fn create_bypass_codes(&mut self, id: &str, params: &Params, now: UnixSeconds) -> Json {
        let times = number(params, "reuse_count", 1)?;
        let times = u32::try_from(times).map_err(|_| invalid("reuse_count"))?;
        let seconds = number(params, "valid_secs", 0)?;
        self.known(id)?;
        let draw = &mut self.state.draw;
        let texts: Vec<String> = match params.get("codes") {
            Some(codes) => codes.split(',').map(|code| code.trim().to_owned()).collect(),
            None => (0..number(params, "count", 10)?.min(11)).map(|_| draw.digits(9)).collect(),
        };
        if !(1..=10).contains(&texts.len()) {
            return Err(invalid("count"));
        }
        let is_code = |text: &String| text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit());
        if !texts.iter().all(is_code) {
            return Err(invalid("codes"));
        }
        let code = |text| BypassCode {
            id: draw.id("DB"),
            code: text,
            uses: (times > 0).then_some(times),
            expires: (seconds > 0).then(|| now.0.saturating_add(seconds)),
            created: now.0,
        };
        let codes: Vec<_> = texts.into_iter().map(code).collect();
        let answer: Vec<_> = codes.iter().map(|code| code.code.clone()).collect();
        let user = self.known_mut(id)?;
        if params.get("preserve_existing") != Some("true") {
            user.bypass_codes.clear();
        }
        user.bypass_codes.extend(codes);
        json(answer.into())
    }

    fn delete_bypass_code(&mut self, id: &str) -> Json {
        let is_it = |code: &BypassCode| code.id == id;
        let owner = self.state.users.iter_mut().find(|user| user.bypass_codes.iter().any(is_it));
        owner.ok_or_else(missing)?.bypass_codes.retain(|code| !is_it(code));
        json("".into())
    }

    fn delete_security_key(&mut self, id: &str) -> Json {
        let is_it = |key: &SecurityKey| key.id == id;
        let owner = self.state.users.iter_mut().find(|user| user.security_keys.iter().any(is_it));
        owner.ok_or_else(missing)?.security_keys.retain(|key| !is_it(key));
        json("".into())
    }

    fn user_json(&self, user: &User) -> Value {
        object!({
            "user_id": user.id,
            "username": user.name,
            "alias1": null,
            "realname": user.realname,
            "email": user.email,
            "status": user.status.as_str(),
            "is_enrolled": user.is_enrolled(),
            "created": 1_700_000_000,
            "last_login": user.last_login,
            "notes": "",
            "groups": [],
            "phones": self.phones_json(user),
            "tokens": self.tokens_json(user),
            "webauthncredentials": security_keys_json(user),
            "u2ftokens": [],
        })
    }

    fn phones_json(&self, user: &User) -> Vec<Value> {
        user.phones.iter().filter_map(|id| self.state.phone(id)).map(phone_json).collect()
    }

    fn tokens_json(&self, user: &User) -> Vec<Value> {
        user.tokens.iter().filter_map(|id| self.state.token(id)).map(token_json).collect()
    }
}

fn change(user: &mut User, params: &Params) -> Result<(), Failure> {
    if let Some(name) = params.get("realname") {
        name.clone_into(&mut user.realname);
    }
    if let Some(address) = params.get("email") {
        address.clone_into(&mut user.email);
    }
    if let Some(status) = params.get("status") {
        let status = Status::parse(status).filter(|status| *status != Status::LockedOut);
        user.status = status.ok_or_else(|| invalid("status"))?;
        user.failures = 0;
    }
    Ok(())
}

fn phone_json(phone: &Phone) -> Value {
    let kind = if phone.sms || phone.push { "Mobile" } else { "Landline" };
    let mut capabilities = phone.capabilities();
    capabilities.retain(|capability| *capability != "auto");
    object!({
        "phone_id": phone.id,
        "number": phone.number,
        "name": phone.name,
        "extension": "",
        "type": kind,
        "platform": "Generic Smartphone",
        "activated": phone.push,
        "capabilities": capabilities,
        "sms_passcodes_sent": phone.next_sms_code().is_some(),
    })
}

fn token_json(token: &Token) -> Value {
    object!({
        "token_id": token.id,
        "serial": token.serial,
        "type": token.kind.as_str(),
        "totp_step": token.kind.step(),
    })
}

fn security_keys_json(user: &User) -> Vec<Value> {
    let json = |key: &SecurityKey| {
        object!({
            "webauthnkey": key.id,
            "credential_name": "Security Key",
            "label": "Security Key",
            "date_added": key.added,
        })
    };
    user.security_keys.iter().map(json).collect()
}

fn bypass_json(code: &BypassCode) -> Value {
    object!({
        "bypass_code_id": code.id,
        "created": code.created,
        "expiration": code.expires,
        "reuse_count": code.uses,
    })
}

fn listed(items: Vec<Value>, params: &Params, most: u64) -> Result<Done, Failure> {
    let offset = usize::try_from(number(params, "offset", 0)?).map_err(|_| invalid("offset"))?;
    let limit = number(params, "limit", 100)?.clamp(1, most);
    Ok(page(items, offset, usize::try_from(limit).map_err(|_| invalid("limit"))?))
}

const fn missing() -> Failure {
    Failure::new(40_401, "Resource not found")
}
