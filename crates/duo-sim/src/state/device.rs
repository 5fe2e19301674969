//! Phones and hardware tokens.

use data_encoding::HEXLOWER_PERMISSIVE;
use upheld_totp::{
    Algorithm, Code, Counter, Digits, Hotp, Match, Parameters, Period, Secret, Step, Totp,
    UnixSeconds, Window,
};

use super::Draw;
use crate::config::PhoneOf;

/// How many presses of a button may have been for nothing.
const LOOK_AHEAD: u8 = 20;
/// Within how many presses three codes in a row bring a token back.
const RESYNC_WINDOW: u16 = 1_000;
/// How many passcodes a text message holds.
const BATCH: usize = 10;

/// A phone, or a tablet.
#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) push: bool,
    pub(crate) sms: bool,
    pub(crate) call: bool,
    otp: Token,
    /// Text messages, newest last.
    pub(crate) texts: Vec<Text>,
    /// The passcodes of the last one, and whether each was used.
    batch: Vec<(String, bool)>,
}

/// A text message.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) sent: u64,
    pub(crate) body: String,
}

/// A hardware token, or the one inside Duo Mobile.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) serial: String,
    pub(crate) kind: TokenKind,
    secret: Secret,
    /// The next one that is accepted.
    counter: Counter,
    /// The next one that the button shows.
    pressed: Counter,
    last_step: Option<Step>,
}

/// How a token makes its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Hotp(Digits),
    Totp(Digits, Period),
}

impl Phone {
    pub(crate) fn new(draw: &mut Draw, of: &PhoneOf) -> Self {
        let id = draw.id("DP");
        let otp = Token::drawn(draw);
        Self {
            id,
            name: of.name.clone(),
            number: of.number.clone(),
            push: of.push,
            sms: of.sms,
            call: of.call,
            otp,
            texts: Vec::new(),
            batch: Vec::new(),
        }
    }

    pub(crate) fn capabilities(&self) -> Vec<&'static str> {
        let all = [
            (self.push, "push"),
            (self.sms, "sms"),
            (self.call, "phone"),
            (self.push, "mobile_otp"),
        ];
        let able = all.into_iter().filter(|(able, _)| *able).map(|(_, name)| name);
        let mut capabilities: Vec<_> = able.collect();
        if self.push || self.call {
            capabilities.insert(0, "auto");
        }
        capabilities
    }

    /// The number, all but its end hidden.
    pub(crate) fn masked_number(&self) -> String {
        let digits: Vec<char> = self.number.chars().rev().take(4).collect();
        if digits.is_empty() {
            return String::new();
        }
        let hidden = ["X"; 3].concat();
        format!("{hidden}-{hidden}-{}", digits.into_iter().rev().collect::<String>())
    }

    pub(crate) fn display_name(&self) -> String {
        match (self.name.as_str(), self.masked_number()) {
            ("", number) if number.is_empty() => "Tablet".to_owned(),
            ("", number) => format!("phone ({number})"),
            (name, number) if number.is_empty() => name.to_owned(),
            (name, number) => format!("{name} ({number})"),
        }
    }

    /// Sends a message with passcodes; those of the last one end.
    pub(crate) fn send_passcodes(&mut self, draw: &mut Draw, now: u64) {
        // The first digit tells which one it is: 1 to 9, then 0.
        self.batch =
            (1..=BATCH).map(|index| (format!("{}{}", index % 10, draw.digits(6)), false)).collect();
        let codes: Vec<_> = self.batch.iter().map(|(code, _)| code.as_str()).collect();
        let body = format!("SMS passcodes: {}", codes.join(" "));
        self.texts.push(Text { sent: now, body });
    }

    /// The first digit of the next passcode of the last message.
    pub(crate) fn next_sms_code(&self) -> Option<String> {
        let (code, _) = self.batch.iter().find(|(_, used)| !used)?;
        code.chars().next().map(String::from)
    }

    /// Uses a passcode of the last message up.
    pub(crate) fn use_sms_code(&mut self, typed: &str) -> bool {
        let found = self.batch.iter_mut().find(|(code, used)| !used && code == typed);
        found.is_some_and(|(_, used)| {
            *used = true;
            true
        })
    }

    /// Uses a passcode of Duo Mobile up.
    pub(crate) fn use_mobile_code(&mut self, typed: &str, now: u64) -> bool {
        self.push && self.otp.use_code(typed, now)
    }

    /// Shows the next passcode of Duo Mobile.
    pub(crate) fn press(&mut self, now: u64) -> Option<String> {
        self.push.then(|| self.otp.press(now))
    }
}

impl Token {
    /// A token of a kind, with a key in hexadecimal; `None` if that is none.
    pub(crate) fn new(
        draw: &mut Draw,
        serial: &str,
        kind: TokenKind,
        secret: &str,
        counter: u64,
    ) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE.decode(secret.as_bytes()).ok()?;
        let secret = Secret::from_bytes_allowing_weak(&bytes).ok()?;
        let (serial, counter) = (serial.to_owned(), Counter(counter));
        let id = draw.id("DH");
        Some(Self { id, serial, kind, secret, counter, pressed: counter, last_step: None })
    }

    fn drawn(draw: &mut Draw) -> Self {
        let secret = loop {
            if let Ok(secret) = Secret::from_bytes(&draw.bytes()) {
                break secret;
            }
        };
        let (serial, kind) = (String::new(), TokenKind::Hotp(Digits::Six));
        let counter = Counter(0);
        Self { id: String::new(), serial, kind, secret, counter, pressed: counter, last_step: None }
    }

    /// Uses a code up, if it is one that was not used.
    pub(crate) fn use_code(&mut self, typed: &str, now: u64) -> bool {
        let Ok(code) = Code::parse(typed) else { return false };
        match self.kind {
            TokenKind::Hotp(digits) => {
                let found = self.hotp(digits).find(&code, self.counter, LOOK_AHEAD);
                found.and_then(Counter::next).is_some_and(|next| {
                    self.counter = next;
                    self.pressed = self.pressed.max(next);
                    true
                })
            }
            TokenKind::Totp(digits, period) => {
                let totp = self.totp(digits, period);
                let window = Window::default();
                match totp.find(&code, UnixSeconds(now), window, self.last_step) {
                    Match::Unused { step, .. } => {
                        self.last_step = Some(step);
                        true
                    }
                    Match::Used { .. } | Match::Wrong => false,
                }
            }
        }
    }

    /// Brings a counter-based token back by three codes in a row.
    pub(crate) fn resynchronize(&mut self, typed: [&str; 3]) -> bool {
        let TokenKind::Hotp(digits) = self.kind else { return false };
        let [Ok(first), Ok(second), Ok(third)] = typed.map(Code::parse) else { return false };
        let hotp = self.hotp(digits);
        let found = hotp.resynchronize((&first, &second), &[third], self.counter, RESYNC_WINDOW);
        found.and_then(Counter::next).is_some_and(|next| {
            self.counter = next;
            self.pressed = self.pressed.max(next);
            true
        })
    }

    /// Shows the next code.
    pub(crate) fn press(&mut self, now: u64) -> String {
        let code = match self.kind {
            TokenKind::Hotp(digits) => {
                let code = self.hotp(digits).code(self.pressed);
                self.pressed = self.pressed.next().unwrap_or(self.pressed);
                code
            }
            TokenKind::Totp(digits, period) => self.totp(digits, period).code_at(UnixSeconds(now)),
        };
        code.to_text().expose().to_owned()
    }

    fn hotp(&self, digits: Digits) -> Hotp {
        Hotp::new(&self.secret, Algorithm::Sha1, digits)
    }

    fn totp(&self, digits: Digits, period: Period) -> Totp {
        Totp::new(&self.secret, Parameters { digits, period, ..Parameters::default() })
    }
}

impl TokenKind {
    pub(crate) fn parse(text: &str, step: u32) -> Option<Self> {
        let period = Period::from_seconds(step)?;
        match text {
            "h6" => Some(Self::Hotp(Digits::Six)),
            "h8" => Some(Self::Hotp(Digits::Eight)),
            "t6" => Some(Self::Totp(Digits::Six, period)),
            "t8" => Some(Self::Totp(Digits::Eight, period)),
            _ => None,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hotp(Digits::Eight) => "h8",
            Self::Hotp(_) => "h6",
            Self::Totp(Digits::Eight, _) => "t8",
            Self::Totp(..) => "t6",
        }
    }

    pub(crate) const fn step(self) -> Option<u32> {
        match self {
            Self::Hotp(_) => None,
            Self::Totp(_, period) => Some(period.as_seconds()),
        }
    }
}
