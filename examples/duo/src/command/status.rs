//! `duo status`: how an authentication goes that was started elsewhere.

use anyhow::Result;
use upheld_duo::auth::{AuthProgress, AuthStatus, Txid};

use super::ask;
use crate::args::StatusOf;
use crate::connection::Duo;
use crate::report::Report;

pub(crate) async fn run(duo: &Duo, args: &StatusOf) -> Result<Report> {
    let txid = Txid::new(&args.txid);
    if !args.once {
        return ask::follow(duo, &txid).await;
    }
    Ok(match duo.send(&AuthStatus::of(txid)).await? {
        AuthProgress::Done(outcome) => Report::of_auth(&outcome, Some(&args.txid)),
        AuthProgress::Waiting(progress) => Report::waiting(&progress.status, &progress.message),
    })
}
