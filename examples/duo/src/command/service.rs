//! `duo ping` and `duo check`

use anyhow::Result;
use serde_json::json;
use upheld_duo::auth::{Check, Ping};
use upheld_duo::{ClockOffset, UnixSeconds};

use crate::connection::Duo;
use crate::moment;
use crate::report::Report;

pub(crate) async fn ping(duo: &Duo) -> Result<Report> {
    time(duo.send(&Ping).await?, "Duo is there")
}

pub(crate) async fn check(duo: &Duo) -> Result<Report> {
    time(duo.send(&Check).await?, "the keys and the host are right")
}

/// What Duo's clock shows, and how far this machine's is behind it.
pub(crate) fn time(duos: UnixSeconds, what: &str) -> Result<Report> {
    let offset = ClockOffset::between(moment::now()?, duos).as_seconds();
    let text = format!("{what}; its clock shows {}, {offset:+} s from ours", moment::text(duos));
    Ok(Report::done(text, json!({ "time": duos, "offset": offset })))
}
