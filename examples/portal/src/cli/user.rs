//! `portal user`: accounts.

use std::io::{IsTerminal, Read, stdin};

use clap::{Args, Subcommand, ValueEnum};
use portal::{Account, AddPersonError, Change, Codes, OperateError, Role, generate_password};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::open;
use super::outcome::{Exit, Failure, Output};
use super::place::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a person, who then signs in with a password and adds an authenticator.
    ///
    /// The password is asked for without showing it, or read from the standard input up to the
    /// end of the line. It cannot be an argument: those can be seen by every user of the computer.
    Add(Add),
    /// List everybody, with whether they may sign in.
    List(Place),
    /// Let a person sign in no more, and end their sessions.
    Disable(Whom),
    /// Let a person sign in again.
    Enable(Whom),
    /// Forget failed codes, so that the right one is looked at again.
    ///
    /// Waits after wrong passwords end by themselves, within 15 minutes.
    Unlock(Whom),
    /// Remove every authenticator and recovery code of a person who has lost them all.
    ///
    /// Their password alone signs them in then, so make sure who is asking. They are told by
    /// e-mail.
    ResetFactor(ResetFactor),
}

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The e-mail address, with which the person signs in.
    email: String,
    /// How the clinic addresses the person.
    #[arg(long)]
    name: String,
    /// What the person may do.
    #[arg(long, value_enum, default_value_t = RoleName::Patient)]
    role: RoleName,
    /// Make up a password and print it, instead of asking for one.
    #[arg(long)]
    generate: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Args, Debug)]
pub(crate) struct Whom {
    /// The e-mail address.
    email: String,
    #[command(flatten)]
    place: Place,
}

#[derive(Args, Debug)]
pub(crate) struct ResetFactor {
    #[command(flatten)]
    whom: Whom,
    /// Say that you have made sure who is asking.
    #[arg(long)]
    identity_checked: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
    Patient,
    Staff,
    PrivacyLead,
    Auditor,
}

impl Command {
    pub(crate) const fn place(&self) -> &Place {
        match self {
            Self::Add(add) => &add.place,
            Self::List(place) => place,
            Self::Disable(whom) | Self::Enable(whom) | Self::Unlock(whom) => &whom.place,
            Self::ResetFactor(reset) => &reset.whom.place,
        }
    }
}

pub(crate) async fn run(command: &Command) -> Result<Output, Failure> {
    match command {
        Command::Add(options) => add(options).await,
        Command::List(place) => list(place).await,
        Command::Disable(whom) => change(whom, Change::Disable, "disabled").await,
        Command::Enable(whom) => change(whom, Change::Enable, "enabled").await,
        Command::Unlock(whom) => change(whom, Change::Unlock, "unlocked").await,
        Command::ResetFactor(ResetFactor { identity_checked: false, .. }) => {
            let why = "whoever has the password gets in afterwards; make sure who is asking, and \
                       say so with --identity-checked";
            Err(Exit::Refused.because(why))
        }
        Command::ResetFactor(reset) => {
            change(&reset.whom, Change::ResetFactor, "without a second factor").await
        }
    }
}

async fn add(options: &Add) -> Result<Output, Failure> {
    let config = options.place.read()?;
    let portal = open::portal(&config).await?;
    let password = if options.generate {
        generate_password().map_err(|error| Exit::Failed.because(error))?
    } else {
        ask_password()?
    };
    let role = match options.role {
        RoleName::Patient => Role::Patient,
        RoleName::Staff => Role::Staff,
        RoleName::PrivacyLead => Role::PrivacyLead,
        RoleName::Auditor => Role::Auditor,
    };
    let added = portal.add_person((&options.email, &options.name), &password, role).await;
    portal.close().await;
    added.map_err(|error| {
        let exit = match error {
            AddPersonError::Taken => Exit::Refused,
            AddPersonError::Failed(_) => Exit::Failed,
            _ => Exit::Usage,
        };
        exit.because(error)
    })?;
    let shown = options.generate.then(|| password.as_str());
    let line = shown.map(|shown| format!("password: {shown}\n")).unwrap_or_default();
    let said = format!("{} was added\n{line}", options.email);
    Ok(Output::new(said, json!({ "email": options.email, "password": shown })))
}

async fn list(place: &Place) -> Result<Output, Failure> {
    let portal = open::portal(&place.read()?).await?;
    let accounts = portal.accounts().await;
    portal.close().await;
    let accounts = accounts.map_err(not_operated)?;
    let lines: Vec<_> = accounts.iter().map(line_of).collect();
    let values: Vec<_> = accounts.iter().map(value_of).collect();
    Ok(Output::new(lines.concat(), json!(values)))
}

async fn change(whom: &Whom, change: Change, what: &str) -> Result<Output, Failure> {
    let portal = open::portal(&whom.place.read()?).await?;
    let changed = portal.change_account(&whom.email, change).await;
    portal.close().await;
    changed.map_err(not_operated)?;
    let said = format!("{} is {what}, and is told so by e-mail\n", whom.email);
    Ok(Output::new(said, json!({ "email": whom.email, "is": what })))
}

fn line_of(account: &Account) -> String {
    let Account { email, name, standing, authenticators, has_duo, .. } = account;
    let duo = if *has_duo { ", Duo" } else { "" };
    let role = account.role.as_str();
    let codes = match account.codes {
        Codes::Accepted => String::new(),
        Codes::From(moment) => format!(", codes from {}", moment.0),
        _ => ", codes disabled".to_owned(),
    };
    format!("{email}\t{role}\t{standing}\t{authenticators} authenticators{duo}{codes}\t{name}\n")
}

fn value_of(account: &Account) -> Value {
    let Account { email, name, standing, authenticators, has_duo, .. } = account;
    let (codes, from) = match account.codes {
        Codes::Accepted => ("accepted", None),
        Codes::From(moment) => ("later", Some(moment.0)),
        _ => ("disabled", None),
    };
    json!({
        "email": email,
        "name": name,
        "role": account.role.as_str(),
        "standing": standing.to_string(),
        "authenticators": authenticators,
        "duo": has_duo,
        "codes": codes,
        "codes_from": from,
    })
}

/// From a person twice, without showing it; from a program once.
fn ask_password() -> Result<Zeroizing<String>, Failure> {
    if stdin().is_terminal() {
        let ask = |prompt: &str| {
            let typed = rpassword::prompt_password(prompt).map(Zeroizing::new);
            typed.map_err(Failure::of_system)
        };
        let password = ask("Password: ")?;
        if *ask("Again: ")? != *password {
            return Err(Exit::Usage.because("the two passwords differ; nobody was added"));
        }
        return Ok(password);
    }
    // So long that it never moves, and longer than any password that is taken.
    let mut text = Zeroizing::new(String::with_capacity(MAX_INPUT_BYTES));
    let limit = u64::try_from(MAX_INPUT_BYTES).unwrap_or(u64::MAX);
    stdin().lock().take(limit).read_to_string(&mut text).map_err(Failure::of_system)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(line.to_owned()))
}

const MAX_INPUT_BYTES: usize = 4096;

pub(crate) fn not_operated(error: OperateError) -> Failure {
    match error {
        OperateError::Unknown => Exit::NotFound.because(error),
        OperateError::Closed => Exit::Refused.because(error),
        OperateError::Database(error) => open::of_database(error),
        error => Exit::Failed.because(error),
    }
}
