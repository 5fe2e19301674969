//! `duo admin bypass`: codes for people who have nothing else at hand.

use anyhow::Result;
use serde_json::json;
use upheld_duo::SecretText;
use upheld_duo::admin::{BypassCode, BypassCodeId, CreateBypassCodes, Delete};

use super::admin;
use crate::args::{NewBypass, Of};
use crate::connection::Duo;
use crate::report::{Report, moment_or_dash};

pub(crate) async fn list(duo: &Duo, of: &Of) -> Result<Report> {
    let codes = admin::listed::<BypassCode>(duo, of).await?;
    Report::list(&codes, |code| {
        let uses = code.reuse_count.map_or_else(|| "-".to_owned(), |count| count.to_string());
        vec![
            code.bypass_code_id.as_str().to_owned(),
            moment_or_dash(code.created),
            moment_or_dash(code.expiration),
            uses,
        ]
    })
}

pub(crate) async fn create(duo: &Duo, args: &NewBypass) -> Result<Report> {
    let user = admin::user_id(duo, &args.user).await?;
    let mut call = CreateBypassCodes::new(user, args.count).reusable(args.reuse);
    if let Some(seconds) = args.valid {
        call = call.valid_for(seconds);
    }
    if args.keep {
        call = call.keeping_existing();
    }
    let codes = duo.send(&call).await?;
    let codes: Vec<&str> = codes.iter().map(SecretText::expose).collect();
    Ok(Report::done(codes.join("\n"), json!(codes)))
}

pub(crate) async fn delete(duo: &Duo, id: &str) -> Result<Report> {
    duo.send(&Delete::bypass_code(&BypassCodeId::new(id))).await?;
    Ok(Report::done("deleted", json!({ "deleted": id })))
}
