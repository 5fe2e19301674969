//! `portal migrate`: bringing the tables up to date.

use portal::{Migrated, migrate};
use serde_json::json;

use super::open;
use super::outcome::{Exit, Failure, Output};
use super::place::Place;

pub(crate) async fn run(place: &Place) -> Result<Output, Failure> {
    let database = open::new_database(&place.read()?).await?;
    let migrated = migrate(&database).await;
    database.close().await;
    let migrated = migrated.map_err(|error| Exit::Failed.because(error))?;
    let line = |it: &Migrated| {
        let Migrated { component, from, to, .. } = it;
        if from == to {
            format!("{component}: version {to}\n")
        } else {
            format!("{component}: from version {from} to {to}\n")
        }
    };
    let lines: Vec<_> = migrated.iter().map(line).collect();
    let values: Vec<_> = migrated
        .iter()
        .map(|it| json!({ "component": it.component, "from": it.from, "to": it.to }))
        .collect();
    Ok(Output::new(lines.concat(), json!(values)))
}
