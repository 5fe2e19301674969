//! `duo universal`: Duo asks on a page of its own, which is the only way to security keys.

use std::ops::ControlFlow;
use std::time::Duration;

use anyhow::{Context, Result};
use rand::rngs::SysRng;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use upheld_duo::SecretText;
use upheld_duo::universal::{Callback, HealthCheck, Login, Prompt, Returned, UsernameMatch};
use upheld_duo_reqwest::SendError;

use super::service;
use crate::args::LoginOf;
use crate::callback::Listener;
use crate::connection::Duo;
use crate::report::Report;
use crate::{input, output};

/// How long a person may be at the prompt.
const PATIENCE: Duration = Duration::from_mins(10);

pub(crate) async fn check(duo: &Duo) -> Result<Report> {
    synchronize(duo).await;
    let health = HealthCheck::new(&mut SysRng)?;
    service::time(duo.send(&health).await?, "the prompt is there, and knows this client")
}

pub(crate) async fn login(duo: Duo, args: &LoginOf) -> Result<Report> {
    let login = asked(args)?;
    let listener = match args.redirect_uri {
        Some(_) => None,
        None => Some(Listener::bind(args.listen).await?),
    };
    let redirect_uri = match (&args.redirect_uri, &listener) {
        (Some(uri), _) => uri.clone(),
        (None, Some(listener)) => listener.uri(),
        (None, None) => String::new(),
    };
    synchronize(&duo).await;
    let health = HealthCheck::new(&mut SysRng)?;
    if let ControlFlow::Break(report) = duo.before(&health).await? {
        return Ok(report);
    }
    let patience = duo.patience(PATIENCE);
    let Duo { client, application, .. } = duo;
    let matching =
        if args.ignore_case { UsernameMatch::IgnoreAsciiCase } else { UsernameMatch::Exact };
    let prompt = Prompt::new(application, &redirect_uri)?.with_username_match(matching);
    let (address, pending) = prompt.begin(&login, client.now(), &mut SysRng)?;
    output::say(&format!("open in a browser:\n{}", address.expose()));
    let returned = timeout(patience, back(listener));
    let query = returned.await.map_err(|_| SendError::Timeout).context("nobody came back")??;
    let returned = Callback::parse(query.expose());
    match returned.and_then(|callback| pending.finish(&callback, client.now())) {
        Ok(Returned::Exchange(exchange)) => {
            let outcome = client.send(prompt.application(), &exchange).await?;
            Ok(Report::of_prompt(&outcome))
        }
        Ok(Returned::Denied(message)) => Ok(Report::refused(&message.to_string())),
        Err(refused) => Ok(Report::refused(&refused.to_string())),
    }
}

/// Sets the clock by Duo's: the prompt does not say when ours is what it refuses.
async fn synchronize(duo: &Duo) {
    // Where this fails, the health check says why.
    drop(duo.within(duo.client.synchronize(&duo.application)).await);
}

fn asked(args: &LoginOf) -> Result<Login> {
    let mut login = Login::new(&args.user)?;
    if let Some(name) = &args.display_name {
        login = login.with_display_username(name);
    }
    if let Some(seconds) = args.max_age {
        login = login.with_max_age(seconds);
    }
    Ok(if args.ask_again { login.asking_again() } else { login })
}

/// The query with which the browser comes back: to the listener, or pasted by the person.
async fn back(listener: Option<Listener>) -> Result<SecretText> {
    if let Some(listener) = listener {
        return listener.callback().await;
    }
    output::say("then paste the address to which the browser came back:");
    let pasted = spawn_blocking(input::line).await??;
    let address = pasted.trim();
    let query = address.split_once('?').map_or(address, |(_, query)| query);
    Ok(SecretText::new(query.split('#').next().unwrap_or_default()))
}
