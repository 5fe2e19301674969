//! `duo admin`: what there is, and what happened.

use anyhow::{Context, Result};
use serde_json::json;
use upheld_duo::UnixSeconds;
use upheld_duo::admin::{
    AuthLog, List, Listed, LogEntry, Named, Paged, Pages, Phone, Token, U2fToken, User,
    WebauthnCredential,
};
use upheld_duo::auth::UserId;

use crate::args::{LogsOf, Of, UsersOf};
use crate::connection::Duo;
use crate::moment;
use crate::report::{Report, moment_or_dash};

pub(crate) async fn users(duo: &Duo, args: &UsersOf) -> Result<Report> {
    let list = args.name.as_deref().map_or_else(List::users, List::user_named);
    let users = all(duo, list.with_limit(User::LIMIT)).await?;
    Report::list(&users, |user| {
        vec![
            user.user_id.as_str().to_owned(),
            user.username.clone(),
            user.status.to_string(),
            moment_or_dash(user.last_login),
        ]
    })
}

pub(crate) async fn phones(duo: &Duo, of: &Of) -> Result<Report> {
    let phones = listed::<Phone>(duo, of).await?;
    Report::list(&phones, |phone| {
        let able: Vec<_> = phone.capabilities.iter().map(ToString::to_string).collect();
        vec![
            phone.phone_id.as_str().to_owned(),
            phone.number.clone().unwrap_or_default(),
            phone.kind.clone().unwrap_or_default(),
            able.join(","),
            phone.name.clone().unwrap_or_default(),
        ]
    })
}

pub(crate) async fn tokens(duo: &Duo, of: &Of) -> Result<Report> {
    let tokens = listed::<Token>(duo, of).await?;
    Report::list(&tokens, |token| {
        vec![token.token_id.as_str().to_owned(), token.kind.to_string(), token.serial.clone()]
    })
}

pub(crate) async fn security_keys(duo: &Duo, of: &Of) -> Result<Report> {
    let keys = listed::<WebauthnCredential>(duo, of).await?;
    let keys = Report::list(&keys, |key| {
        vec![
            key.webauthnkey.clone(),
            key.label.clone().unwrap_or_default(),
            key.credential_name.clone().unwrap_or_default(),
            moment_or_dash(key.date_added),
        ]
    })?;
    let tokens = listed::<U2fToken>(duo, of).await?;
    let tokens = Report::list(&tokens, |token| {
        let kind = "U2F".to_owned();
        vec![token.registration_id.clone(), kind, String::new(), moment_or_dash(token.date_added)]
    })?;
    let lines: Vec<_> =
        [keys.text, tokens.text].into_iter().filter(|text| !text.is_empty()).collect();
    let json = json!({ "webauthncredentials": keys.json, "u2ftokens": tokens.json });
    Ok(Report::done(lines.join("\n"), json))
}

pub(crate) async fn logs(duo: &Duo, args: &LogsOf) -> Result<Report> {
    let until = match args.until {
        Some(until) => until,
        None => moment::now()?,
    };
    let since = args.since.unwrap_or(UnixSeconds(until.0.saturating_sub(24 * 60 * 60)));
    let mut log = AuthLog::between(since.into(), until.into())?.with_limit(AuthLog::MAX_LIMIT);
    for result in &args.result {
        log = log.with_result(&result.as_str().into());
    }
    for factor in &args.factor {
        log = log.with_factor(&factor.as_str().into());
    }
    let entries = all(duo, log).await?;
    Report::list(&entries, |entry: &LogEntry| {
        let name = |of: &Option<Named>| of.as_ref().and_then(|named| named.name.clone());
        let told = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        vec![
            moment::text(entry.timestamp),
            told(name(&entry.user)),
            told(entry.factor.as_ref().map(ToString::to_string)),
            told(entry.result.as_ref().map(ToString::to_string)),
            told(entry.reason.as_ref().map(ToString::to_string)),
            told(entry.access_device.as_ref().and_then(|device| device.ip.clone())),
            told(name(&entry.application)),
        ]
    })
}

/// All there are, or those of one user.
pub(crate) async fn listed<T: Listed>(duo: &Duo, of: &Of) -> Result<Vec<T>> {
    let list = match &of.user {
        Some(name) => List::of_user(&user_id(duo, name).await?),
        None => List::all(),
    };
    all(duo, list.with_limit(T::LIMIT)).await
}

pub(crate) async fn user_id(duo: &Duo, name: &str) -> Result<UserId> {
    let found = all(duo, List::user_named(name)).await?;
    let user = found.into_iter().next().context("Duo knows no user of this name")?;
    Ok(user.user_id)
}

async fn all<P: Paged>(duo: &Duo, first: P) -> Result<Vec<P::Item>> {
    let mut pages = Pages::of(first);
    let mut items = Vec::new();
    while let Some(call) = pages.next_call() {
        let page = duo.send(call).await?;
        items.extend(pages.accept(page)?);
    }
    Ok(items)
}
