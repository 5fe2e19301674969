//! `otp code`

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use upheld_migrate_otp::Credential;
use upheld_totp::{Counter, Factor, KeyUri, Label, Step, UnixSeconds};
use zeroize::Zeroizing;

use crate::args::Code;
use crate::{describe, input, moment, output};

pub(crate) fn run(args: &Code) -> Result<ExitCode> {
    let credential = credential(args)?;
    let Some(clock) = Clock::of(&credential) else {
        return by_counter(args, &credential);
    };
    if args.counter.is_some() {
        bail!("--counter is for counter-based credentials; this one is time-based");
    }
    if !args.watch {
        let now = args.at.map_or_else(moment::now, Ok)?;
        show(args, &credential, &clock, now)?;
        return Ok(ExitCode::SUCCESS);
    }
    loop {
        let now = moment::now()?;
        show(args, &credential, &clock, now)?;
        let next = clock.start_of(Step(clock.step_at(now).0.saturating_add(1)));
        // A clock set back makes this wait longer than a period; one second is soon enough.
        while moment::now()?.0 < next.0 && clock.step_at(moment::now()?) == clock.step_at(now) {
            thread::sleep(Duration::from_millis(200));
        }
    }
}

/// The credential that was given, or the one that a bare secret is with its parameters.
fn credential(args: &Code) -> Result<Credential> {
    let secret = match (&args.secret, &args.secret_file) {
        (Some(text), _) if text == "-" => Some(input::read_stdin()?),
        (Some(text), _) => Some(Zeroizing::new(text.clone())),
        (None, Some(path)) => Some(input::read_file(path)?),
        (None, None) if args.uri.is_none() && args.file.uri_file.is_none() => from_environment()?,
        (None, None) => None,
    };
    let Some(secret) = secret else {
        if args.algorithm.is_some() || args.digits.is_some() || args.period.is_some() {
            bail!(
                "--algorithm, --digits and --period stand in the URI; they go with a secret only"
            );
        }
        return input::credential(args.uri.as_deref(), &args.file);
    };
    Ok(Credential::Otp(KeyUri {
        label: Label::new(None, "unnamed")?,
        secret: input::secret(&secret)?,
        algorithm: args.algorithm.unwrap_or_default(),
        digits: args.digits.unwrap_or_default(),
        factor: match args.counter {
            Some(counter) => Factor::Hotp { counter: Counter(counter) },
            None => Factor::Totp { period: args.period.unwrap_or_default() },
        },
    }))
}

fn from_environment() -> Result<Option<Zeroizing<String>>> {
    let secret = input::variable("OTP_SECRET")?;
    if secret.is_some() && input::variable("OTP_URI")?.is_some() {
        bail!("OTP_URI and OTP_SECRET are both set; which is meant? unset one");
    }
    Ok(secret)
}

fn by_counter(args: &Code, credential: &Credential) -> Result<ExitCode> {
    if args.at.is_some() || args.watch {
        bail!("--at and --watch are for time-based credentials; this one is counter-based");
    }
    let Credential::Otp(uri) = credential else { bail!("the credential has no counter") };
    let (Some(hotp), Factor::Hotp { counter }) = (uri.hotp(), uri.factor) else {
        bail!("the credential has no counter");
    };
    let counter = args.counter.map_or(counter, Counter);
    let code = hotp.code(counter).to_text();
    if args.show.json {
        let mut map = describe::parameters(credential, args.show.show_secret);
        map.insert("counter".into(), json!(counter.0));
        map.insert("code".into(), json!(code.expose()));
        output::json(&Value::Object(map))?;
    } else {
        output::line(code.expose())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(args: &Code, credential: &Credential, clock: &Clock, now: UnixSeconds) -> Result<()> {
    let step = clock.step_at(now);
    let code = clock.code(step);
    if !args.show.json {
        return output::line(&code);
    }
    let mut map = describe::parameters(credential, args.show.show_secret);
    let until = clock.start_of(Step(step.0.saturating_add(1)));
    map.insert("code".into(), json!(*code));
    map.insert("step".into(), json!(step.0));
    map.insert("valid_from".into(), json!(clock.start_of(step).0));
    map.insert("valid_until".into(), json!(until.0));
    let value = Value::Object(map);
    // One object to a line when there are many.
    if args.watch { output::line(&value.to_string()) } else { output::json(&value) }
}

/// A credential whose codes follow the clock.
enum Clock {
    Totp(upheld_totp::Totp),
    Steam(upheld_migrate_otp::steam::SteamGuard),
}

impl Clock {
    fn of(credential: &Credential) -> Option<Self> {
        match credential {
            Credential::Otp(uri) => uri.totp().map(Self::Totp),
            Credential::Steam(account) => Some(Self::Steam(account.guard())),
            _ => None,
        }
    }

    fn step_at(&self, now: UnixSeconds) -> Step {
        match self {
            Self::Totp(totp) => totp.step_at(now),
            Self::Steam(guard) => guard.step_at(now),
        }
    }

    fn start_of(&self, step: Step) -> UnixSeconds {
        match self {
            Self::Totp(totp) => totp.start_of(step),
            Self::Steam(guard) => guard.start_of(step),
        }
    }

    fn code(&self, step: Step) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Totp(totp) => totp.code(step).to_text().expose().to_owned(),
            Self::Steam(guard) => guard.code(step).to_text().expose().to_owned(),
        })
    }
}
