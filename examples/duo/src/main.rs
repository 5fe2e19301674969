//! `duo`: Duo on the command line.
//!
//! Thin over `upheld-duo` and `upheld-duo-reqwest`: this program reads arguments, files, the
//! environment and the clock, and says what came of a call.

#![forbid(unsafe_code)]

mod args;
mod callback;
mod command;
mod connection;
mod input;
mod moment;
mod output;
mod report;

use std::process::ExitCode;

use anyhow::Result;
use upheld_duo::admin::PagesError;
use upheld_duo_reqwest::SendError;

use args::{Admin, Args, Bypass, Command, Universal};
use command::Way;
use connection::Duo;
use report::Report;

/// The command line or a setting makes no sense.
const BAD_INPUT: u8 = 2;
/// Duo could not be asked, or turned the call down.
const SERVICE_FAILURE: u8 = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = match args::parse() {
        Ok(args) => args,
        Err(code) => return code,
    };
    let json = args.settings.json;
    match run(args).await {
        Ok(report) => {
            // Whether anybody reads it or not, the exit status is what was decided.
            drop(output::report(&report, json));
            ExitCode::from(report.ending.code())
        }
        Err(error) => {
            output::say(&format!("{error:#}"));
            if error.is::<PagesError>() {
                return ExitCode::from(SERVICE_FAILURE);
            }
            let Some(failed) = error.downcast_ref::<SendError>() else {
                return ExitCode::from(BAD_INPUT);
            };
            if json {
                drop(output::json(&report::failed(failed)));
            }
            ExitCode::from(SERVICE_FAILURE)
        }
    }
}

async fn run(args: Args) -> Result<Report> {
    let duo = Duo::new(&args.settings)?;
    match args.command {
        Command::Ping => command::service::ping(&duo).await,
        Command::Check => command::service::check(&duo).await,
        Command::Preauth(person) => command::preauth::run(&duo, &person).await,
        Command::Push(args) => {
            let text = command::ask::push_text(&args)?;
            command::ask::run(&duo, &Way::Push(text), &args.ask).await
        }
        Command::Phone(args) => command::ask::run(&duo, &Way::Phone, &args).await,
        Command::Sms(args) => command::sms::run(&duo, &args).await,
        Command::Passcode(args) => command::passcode::run(&duo, &args).await,
        Command::Status(args) => command::status::run(&duo, &args).await,
        Command::Universal(Universal::Check) => command::universal::check(&duo).await,
        Command::Universal(Universal::Login(args)) => command::universal::login(duo, &args).await,
        Command::Admin(admin) => manage(&duo, admin).await,
    }
}

async fn manage(duo: &Duo, admin: Admin) -> Result<Report> {
    match admin {
        Admin::Users(args) => command::admin::users(duo, &args).await,
        Admin::Phones(of) => command::admin::phones(duo, &of).await,
        Admin::Tokens(of) => command::admin::tokens(duo, &of).await,
        Admin::SecurityKeys(of) => command::admin::security_keys(duo, &of).await,
        Admin::Logs(args) => command::admin::logs(duo, &args).await,
        Admin::Bypass(args) => match args.command {
            None => command::bypass::list(duo, &args.of).await,
            Some(Bypass::New(args)) => command::bypass::create(duo, &args).await,
            Some(Bypass::Delete { id }) => command::bypass::delete(duo, &id).await,
        },
    }
}
