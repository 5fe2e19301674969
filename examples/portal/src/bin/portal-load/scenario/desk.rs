//! Reading the queue of the desk, in any of its pages, and requests in it.

use std::collections::BTreeSet;
use std::rc::Rc;

use portal::seeding::Seeded;
use tokio::task::JoinError;

use super::{Oddity, Run, Target, closed_loop, login, visitor};
use crate::Failure;
use crate::connection::Connection;
use crate::request;
use crate::tally::Kind;

/// Pages of the queue: every filter there is, at the beginning and far into it.
const PAGES: [&str; 19] = [
    "/staff/requests",
    "/staff/requests?show=all",
    "/staff/requests?show=waiting",
    "/staff/requests?show=answered",
    "/staff/requests?show=received",
    "/staff/requests?show=collecting",
    "/staff/requests?kind=erasure",
    "/staff/requests?kind=access&show=waiting",
    "/staff/requests?kind=access&show=answered",
    "/staff/requests?due=overdue",
    "/staff/requests?due=7",
    "/staff/requests?due=30",
    "/staff/requests?due=7&show=waiting",
    "/staff/requests?kind=objection&due=14",
    "/staff/requests?kind=portability&show=awaiting-identity",
    "/staff/requests?show=closed",
    OWN,
    "/staff/requests?with=nobody",
    "/staff/requests?show=waiting&with=nobody",
];
/// What whoever reads deals with.
const OWN: &str = "/staff/requests?with=me";
/// Places of the queue to begin at, by the day from which clocks run: none, and days after today.
const DAYS: usize = 4;
/// What the address of a request begins with, in links.
const LINK: &str = "href=\"/staff/requests/";

/// Reads pages in turn until time is up.
pub(crate) async fn run(
    target: &Target,
    seeded: &Seeded,
    password: &str,
    places: &[String],
) -> Result<Run, Failure> {
    let mut connection = Connection::from(target.node(0), visitor(0));
    let session = login::enter(&mut connection, &target.host, seeded, password).await;
    let session = session.map_err(|Oddity(what)| format!("staff did not sign in: {what}"))?;
    let after = places.iter().take(DAYS).map(|place| format!("after={place}"));
    let places: Vec<String> = [String::new()].into_iter().chain(after).collect();
    let queue: Vec<String> =
        places.iter().flat_map(|place| PAGES.iter().map(move |page| at(page, place))).collect();
    // A page that lists nothing measures nothing.
    let own = cases(&mut connection, &target.host, &session, &[OWN.to_owned()]).await;
    own.map_err(|Oddity(what)| format!("whoever reads deals with no requests: {what}"))?;
    let cases = cases(&mut connection, &target.host, &session, &queue).await;
    let cases = cases.map_err(|Oddity(what)| format!("the queue was not read: {what}"))?;
    // A request after each page of the queue, as somebody who works reads; more than can be read.
    let turn = queue.iter().cycle().zip(cases.iter().cycle());
    let jobs: Vec<String> = turn
        .take(usize::from(u16::MAX))
        .flat_map(|(page, case)| [page.clone(), case.clone()])
        .collect();
    Ok(read(target, session, jobs).await?)
}

/// The pages of the requests that are on some pages of the queue.
async fn cases(
    connection: &mut Connection,
    host: &str,
    session: &str,
    pages: &[String],
) -> Result<BTreeSet<String>, Oddity> {
    let mut cases = BTreeSet::new();
    for page in pages {
        let answer = connection.ask(&request::get(host, page, session)).await?;
        let body = String::from_utf8_lossy(answer.body).into_owned();
        let names = body.split(LINK).skip(1).filter_map(|rest| rest.split('"').next());
        cases.extend(names.map(|name| format!("/staff/requests/{name}")));
    }
    if cases.is_empty() { Err(Oddity::missing("requests")) } else { Ok(cases) }
}

fn at(page: &str, place: &str) -> String {
    match (place, page.contains('?')) {
        ("", _) => page.to_owned(),
        (place, true) => format!("{page}&{place}"),
        (place, false) => format!("{page}?{place}"),
    }
}

async fn read(target: &Target, session: String, jobs: Vec<String>) -> Result<Run, JoinError> {
    let host = target.host.clone();
    closed_loop(target, Rc::new(jobs), async move |connection: &mut Connection, path: &String| {
        let answer = connection.ask(&request::get(&host, path, &session)).await?;
        match answer.status {
            200 if path.starts_with("/staff/requests/") => Ok(Kind::Case),
            200 => Ok(Kind::Page),
            503 => Ok(Kind::Busy),
            _ => Err(Oddity::status(&answer)),
        }
    })
    .await
}
