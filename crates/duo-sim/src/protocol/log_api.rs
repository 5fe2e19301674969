//! `/admin/v2/logs/authentication`

use serde_json::{Value, json as object};
use upheld_duo::Params;

use super::auth_api::number;
use super::{Json, invalid, json, required};
use crate::Simulator;
use crate::state::Event;

impl Simulator {
    /// Times are in milliseconds, and the cursor has two parts.
    pub(super) fn authentication_log(&self, params: &Params) -> Json {
        let millis = |name| {
            let text = required(params, name)?;
            let moment: u64 = text.parse().map_err(|_| invalid(name))?;
            if text.len() == 13 { Ok(moment) } else { Err(invalid(name)) }
        };
        let (from, to) = (millis("mintime")?, millis("maxtime")?);
        if from >= to {
            return Err(invalid("mintime"));
        }
        let limit = usize::try_from(number(params, "limit", 100)?.clamp(1, 1_000))
            .map_err(|_| invalid("limit"))?;
        let wanted = |event: &&Event| {
            let at = event.at.saturating_mul(1_000);
            from <= at
                && at <= to
                && filter(params, "results", event.result)
                && filter(params, "factors", event.factor)
                && filter(params, "users", &event.user_id)
        };
        let mut events: Vec<&Event> = self.state.events.iter().filter(wanted).collect();
        if params.get("sort") != Some("ts:asc") {
            events.reverse();
        }
        let start = match params.get("next_offset") {
            None => 0,
            Some(cursor) => {
                let (_, txid) = cursor.split_once(',').ok_or_else(|| invalid("next_offset"))?;
                let last = events.iter().position(|event| event.txid == txid);
                last.ok_or_else(|| invalid("next_offset"))?.saturating_add(1)
            }
        };
        let total = events.len();
        let shown: Vec<&&Event> = events.iter().skip(start).take(limit).collect();
        let is_last = start.saturating_add(shown.len()) >= total;
        let cursor = shown
            .last()
            .filter(|_| !is_last)
            .map(|event| object!([event.at.saturating_mul(1_000).to_string(), event.txid]));
        let application = &self.state.config.auth.key;
        let rows: Vec<Value> = shown.iter().map(|event| event.to_json(application)).collect();
        json(object!({
            "authlogs": rows,
            "metadata": { "next_offset": cursor, "total_objects": total },
        }))
    }
}

/// Whether a filter, which may be given several times, lets a value through.
fn filter(params: &Params, name: &str, value: &str) -> bool {
    let mut wanted = params.iter().filter(|(other, _)| *other == name).peekable();
    wanted.peek().is_none() || wanted.any(|(_, wanted)| wanted == value)
}
