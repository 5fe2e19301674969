//! A push or a call, from the first ring to the answer.

use crate::config::Decision;

/// How long a person has, in seconds.
const PUSH_SECONDS: u64 = 60;
const CALL_SECONDS: u64 = 60;

/// A push or a call.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) user_id: String,
    pub(crate) phone_id: String,
    pub(crate) kind: Kind,
    pub(crate) stage: Stage,
    script: (Decision, u64),
    began: u64,
    /// Every stage there was, the present one last.
    history: Vec<Stage>,
    /// How many of them were reported.
    reported: usize,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Push {
        /// The code to type, if it is a verified one.
        code: Option<String>,
        /// What the push shows.
        lines: Vec<(String, String)>,
    },
    Call,
    /// No phone: a passcode, which was checked at once.
    Passcode(&'static str),
    /// No phone: a security key, which was checked at once.
    SecurityKey,
    /// Nobody was asked: the browser is remembered.
    Remembered,
    /// Nobody was asked: bypassed, disabled or locked out.
    NotAsked,
}

impl Kind {
    /// What was shown, as the log and tokens name it.
    pub(crate) const fn factor(&self) -> &'static str {
        match self {
            Self::Push { .. } => "duo_push",
            Self::Call => "phone_call",
            Self::Passcode(factor) => factor,
            Self::SecurityKey => "WebAuthn Security Key",
            Self::Remembered => "remembered_device",
            Self::NotAsked => "not_available",
        }
    }
}

/// How far it is.
///
/// | | push | call |
/// |---|---|---|
/// | `Pushed`, `PushFailed` | start | |
/// | `Calling`, `Answered` | | start, then picked up |
/// | `Approved`, `Denied`, `Fraud`, `TimedOut`, `LockedOut` | end | end |
///
/// What is over at once begins at its end: `Bypassed`, `Sent`, and a code or key that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Pushed,
    PushFailed,
    Calling,
    Answered,
    Approved,
    Denied,
    Fraud,
    TimedOut,
    LockedOut,
    Bypassed,
    Sent,
}

impl Asking {
    pub(crate) fn new(
        user_id: &str,
        phone_id: &str,
        kind: Kind,
        script: (Decision, u64),
        push_fails: bool,
        now: u64,
    ) -> Self {
        let stage = match kind {
            Kind::Push { .. } if push_fails => Stage::PushFailed,
            Kind::Push { .. } => Stage::Pushed,
            _ => Stage::Calling,
        };
        Self {
            user_id: user_id.to_owned(),
            phone_id: phone_id.to_owned(),
            kind,
            stage,
            script,
            began: now,
            history: vec![stage],
            reported: 0,
        }
    }

    /// Something that was over at once.
    pub(crate) fn over(user_id: &str, kind: Kind, stage: Stage, now: u64) -> Self {
        let script = (Decision::Ask, 0);
        let mut asking = Self::new(user_id, "", kind, script, false, now);
        (asking.stage, asking.history) = (stage, vec![stage]);
        asking
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.stage.is_over()
    }

    /// When something happens by itself, if nobody does anything.
    pub(crate) const fn next_change(&self) -> u64 {
        let (decision, delay) = self.script;
        match decision {
            Decision::Ask | Decision::Ignore => self.end(),
            Decision::Approve | Decision::Deny | Decision::Fraud => {
                self.began.saturating_add(delay)
            }
        }
    }

    /// Lets time pass; returns whether that ends it.
    pub(crate) fn tick(&mut self, now: u64) -> bool {
        if self.is_over() {
            return false;
        }
        if now >= self.end() {
            self.enter(Stage::TimedOut);
            return true;
        }
        now >= self.next_change() && self.decide(self.script.0, None)
    }

    /// The person answers; returns whether that ends it. A verified push takes the right code.
    pub(crate) fn decide(&mut self, decision: Decision, typed: Option<&str>) -> bool {
        if self.is_over() {
            return false;
        }
        let wants = match &self.kind {
            Kind::Push { code, .. } => code.as_deref(),
            _ => None,
        };
        // A script knows the code.
        let has_code = wants.is_none() || self.script.0 == decision || typed == wants;
        match decision {
            Decision::Approve if has_code => {
                if self.kind == Kind::Call && self.stage == Stage::Calling {
                    self.enter(Stage::Answered);
                }
                self.enter(Stage::Approved);
            }
            Decision::Deny => self.enter(Stage::Denied),
            Decision::Fraud => self.enter(Stage::Fraud),
            Decision::Approve | Decision::Ask | Decision::Ignore => return false,
        }
        true
    }

    /// The person picks the phone up.
    pub(crate) fn answer(&mut self) {
        if self.stage == Stage::Calling {
            self.enter(Stage::Answered);
        }
    }

    /// What a poll reports next; `None` while nothing has changed since the last.
    pub(crate) fn report(&mut self) -> Option<Stage> {
        let stage = *self.history.get(self.reported).or(self.history.last())?;
        if self.reported >= self.history.len() {
            return self.is_over().then_some(stage);
        }
        self.reported = self.reported.saturating_add(1);
        Some(stage)
    }

    const fn end(&self) -> u64 {
        let seconds = match self.kind {
            Kind::Call => CALL_SECONDS,
            _ => PUSH_SECONDS,
        };
        self.began.saturating_add(seconds)
    }

    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.history.push(stage);
    }
}

impl Stage {
    pub(crate) const fn lets_in(self) -> bool {
        matches!(self, Self::Approved | Self::Bypassed)
    }

    pub(crate) const fn is_over(self) -> bool {
        !matches!(self, Self::Pushed | Self::PushFailed | Self::Calling | Self::Answered)
    }

    /// The result and the status, as Duo spells them.
    pub(crate) const fn as_reply(self) -> (&'static str, &'static str) {
        match self {
            Self::Pushed => ("waiting", "pushed"),
            Self::PushFailed => ("waiting", "push_failed"),
            Self::Calling => ("waiting", "calling"),
            Self::Answered => ("waiting", "answered"),
            Self::Approved => ("allow", "allow"),
            Self::Denied => ("deny", "deny"),
            Self::Fraud => ("deny", "fraud"),
            Self::TimedOut => ("deny", "timeout"),
            Self::LockedOut => ("deny", "locked_out"),
            Self::Bypassed => ("allow", "bypass"),
            Self::Sent => ("deny", "sent"),
        }
    }

    /// What Duo says to the person, as recorded in `duosecurity/duo_postman_collection`.
    pub(crate) const fn message(self, kind: &Kind) -> &'static str {
        match self {
            Self::Denied if matches!(kind, Kind::Passcode(_)) => {
                "Incorrect passcode. Please try again."
            }
            Self::Denied if matches!(kind, Kind::Call) => "No keypress detected. Please try again.",
            Self::Denied if matches!(kind, Kind::NotAsked) => "Your account is disabled.",
            Self::Pushed => "Pushed a login request to your device...",
            Self::PushFailed => "The push did not arrive. Open Duo Mobile to fetch it.",
            Self::Calling => "Dialing your phone...",
            Self::Answered => "Answered. Press any key on your phone to log in.",
            Self::Approved => "Success. Logging you in...",
            Self::Denied => "Login request denied.",
            Self::Fraud => "Login request reported as fraudulent.",
            Self::TimedOut => "Login timed out.",
            Self::LockedOut => "Your account has been locked out.",
            Self::Bypassed => "Your account is not asked for a second factor.",
            Self::Sent => "New SMS passcodes sent.",
        }
    }
}
