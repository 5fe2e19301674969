//! `portal audit`: whether what happened is still what is written.

use clap::{Args, Subcommand};
use portal::audit::{Head, Verdict};
use serde_json::json;

use super::open;
use super::outcome::{Failure, Output};
use super::place::Place;
use super::user::not_operated;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Go along the chain of events, and name the first that is not as it was sealed.
    ///
    /// Whoever can write to the database can make a whole new chain. Compare it with a head that
    /// was printed or logged earlier, and kept where they cannot write: --expect.
    Verify(Verify),
}

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// A head that was printed or logged earlier, which the chain must go through.
    #[arg(long, value_name = "NUMBER:HASH")]
    expect: Option<Head>,
    #[command(flatten)]
    place: Place,
}

impl Command {
    pub(crate) const fn place(&self) -> &Place {
        let Self::Verify(verify) = self;
        &verify.place
    }
}

pub(crate) async fn run(command: &Command) -> Result<Output, Failure> {
    let Command::Verify(options) = command;
    let portal = open::portal(&options.place.read()?).await?;
    let verdict = portal.verify_audit(options.expect).await;
    portal.close().await;
    Ok(match verdict.map_err(not_operated)? {
        Verdict::Intact { head, unsealed } => Output::new(
            format!("intact: {} events, {unsealed} not sealed yet\nhead: {head}\n", head.seq),
            json!({ "intact": true, "head": head.to_string(), "unsealed": unsealed }),
        ),
        Verdict::Broken { seq, fault } => Output {
            is_bad: true,
            ..Output::new(
                format!("BROKEN at event {seq}: {fault}\n"),
                json!({ "intact": false, "first_bad": seq, "fault": fault.to_string() }),
            )
        },
        _ => Output::nothing(),
    })
}
