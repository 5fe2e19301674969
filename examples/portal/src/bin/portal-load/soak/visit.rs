//! What a person does in one visit: each page asked of another node than the one before.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use portal::seeding::{Awaited, Seeded};
use upheld_totp::{Code, Parameters, Totp};

use super::account::{Account, Known, QUESTIONS, is_given};
use crate::connection::{Answer, Connection};
use crate::fixture::PASSWORD;
use crate::request;
use crate::scenario::second_factor::{self, SESSION};
use crate::scenario::{Oddity, login, now, visitor};
use crate::tally::{Kind, Tally};

/// How a ZIP file begins.
const ZIP: &[u8] = b"PK\x03\x04";

/// A browser with a connection to each node.
#[derive(Debug)]
pub(crate) struct Browser {
    host: Rc<str>,
    nodes: [Connection; 2],
    pub(crate) tally: Tally,
}

/// What an answer to a form came to.
#[derive(Debug)]
struct Said {
    status: u16,
    location: Option<String>,
    is_zip: bool,
}

impl Browser {
    pub(crate) fn of(host: Rc<str>, nodes: [SocketAddr; 2], number: usize) -> Self {
        let nodes = nodes.map(|node| Connection::from(node, visitor(number)));
        Self { host, nodes, tally: Tally::default() }
    }

    /// Asks the node that was not asked last. Where nobody listens the other one is asked, as the
    /// proxy before them does.
    async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, Oddity> {
        self.nodes.reverse();
        let [next, _] = &mut self.nodes;
        if let Err(error) = next.send(request).await {
            if error.kind() != io::ErrorKind::ConnectionRefused {
                return Err(error.into());
            }
            self.nodes.reverse();
            let [next, _] = &mut self.nodes;
            next.send(request).await?;
        }
        let [asked, _] = &mut self.nodes;
        Ok(asked.hear().await?)
    }

    /// Shows the password at both nodes, and one code at both of them at the same time. Returns the
    /// cookie of the session that it opens.
    async fn sign_in(
        &mut self,
        seeded: &Seeded,
        account: &mut Account,
        number: u32,
    ) -> Result<String, Oddity> {
        let (host, [one, two]) = (Rc::clone(&self.host), &mut self.nodes);
        let asked = Instant::now();
        let first = login::await_code(one, &host, &seeded.email, PASSWORD).await;
        let second = login::await_code(two, &host, &seeded.email, PASSWORD).await;
        // One of the nodes may be away.
        let (first, second) = match (first, second) {
            (Err(odd), Err(_)) => return Err(odd),
            (first, second) => (first.ok(), second.ok()),
        };
        let totp = Totp::new(&seeded.secret, Parameters::default());
        if number.is_multiple_of(3) {
            let wrong = second_factor::wrong_code(&totp);
            if show(one, &host, first.as_ref(), &wrong).await?.is_some() {
                account.wrongs.push("a wrong code opened a session".to_owned());
            }
        }
        let step = totp.step_at(now());
        let code = totp.code(step);
        account.codes.insert(step.0);
        let shown = tokio::join!(
            show(one, &host, first.as_ref(), &code),
            show(two, &host, second.as_ref(), &code),
        );
        let opened =
            |shown: &Result<Option<String>, Oddity>| usize::from(matches!(shown, Ok(Some(_))));
        account.note_sessions(step.0, opened(&shown.0).saturating_add(opened(&shown.1)));
        self.tally.note(Kind::Accepted, asked.elapsed());
        let cookie = match shown {
            (Ok(Some(cookie)), _) | (_, Ok(Some(cookie))) => cookie,
            (Err(odd), _) | (_, Err(odd)) => return Err(odd),
            (Ok(None), Ok(None)) => return Err(Oddity("a right code was refused".to_owned())),
        };
        if number % 3 == 1 {
            let again = show(two, &host, second.as_ref(), &code).await?;
            account.note_sessions(step.0, usize::from(again.is_some()));
        }
        Ok(cookie)
    }
}

/// Shows a code, where a login awaits one. Returns the cookie of the session that it opened.
async fn show(
    node: &mut Connection,
    host: &str,
    awaited: Option<&Awaited>,
    code: &Code,
) -> Result<Option<String>, Oddity> {
    let Some(awaited) = awaited else { return Ok(None) };
    let answer = node.ask(&second_factor::form(host, awaited, code)).await?;
    match second_factor::judge(&answer)? {
        Kind::Accepted => Ok(answer.cookie(SESSION).map(|session| format!("{SESSION}={session}"))),
        Kind::Refused => Ok(None),
        _ => Err(Oddity::status(&answer)),
    }
}

/// Somebody who is signed in.
struct Visit<'a> {
    browser: &'a mut Browser,
    account: &'a mut Account,
    cookie: String,
    form_token: String,
}

/// Signs in, changes what can be changed, looks at what became of it at the other node, and leaves.
/// Ends at the first answer that does not come or is none that was expected.
pub(crate) async fn act(
    browser: &mut Browser,
    (seeded, account): &mut (Seeded, Account),
    number: u32,
) -> Result<(), Oddity> {
    let cookie = browser.sign_in(seeded, account, number).await?;
    let mut visit = Visit { browser, account, cookie, form_token: String::new() };
    visit.rename(format!("Somebody {number}")).await?;
    visit.answer(number).await?;
    if number.is_multiple_of(2) {
        visit.request().await?;
    } else {
        visit.copy().await?;
    }
    visit.leave().await
}

/// Signs in and looks at everything.
pub(crate) async fn look(
    browser: &mut Browser,
    (seeded, account): &mut (Seeded, Account),
) -> Result<(), Oddity> {
    let cookie = browser.sign_in(seeded, account, 2).await?;
    let mut visit = Visit { browser, account, cookie, form_token: String::new() };
    let profile = visit.page("/account").await?;
    visit.account.see_profile(&profile);
    let consents = visit.page("/account/consents").await?;
    visit.account.see_consents(&consents);
    let requests: Vec<String> = visit.account.requests.keys().cloned().collect();
    for request in requests {
        let (status, page) = visit.fetch(&format!("/requests/{request}")).await?;
        visit.account.see_request(&request, (status != 404).then_some(page.as_str()));
    }
    Ok(())
}

impl Visit<'_> {
    async fn rename(&mut self, name: String) -> Result<(), Oddity> {
        let profile = self.page("/account").await?;
        self.account.see_profile(&profile);
        let said = self.submit("/account", &[("display_name", &name)]).await;
        if !leads_to(&said, "/account?saved") {
            self.account.name.may_be(name);
            return Err(unclear(said));
        }
        self.account.name.is(name);
        let profile = self.page("/account").await?;
        self.account.see_profile(&profile);
        Ok(())
    }

    /// Agrees to what was not agreed to, and takes back what was.
    async fn answer(&mut self, number: u32) -> Result<(), Oddity> {
        let page = self.page("/account/consents").await?;
        self.account.see_consents(&page);
        let at = usize::try_from(number).unwrap_or_default().checked_rem(QUESTIONS.len());
        let question =
            at.and_then(|at| QUESTIONS.get(at)).ok_or_else(|| Oddity::missing("a question"))?;
        let (is_given, what, done) = if is_given(&page, question) {
            (false, "withdraw", "/account/consents?withdrawn")
        } else {
            (true, "give", "/account/consents?given")
        };
        let notice = request::hidden_field(&page, "notice").unwrap_or_default();
        let path = format!("/account/consents/{question}/{what}");
        let said = self.submit(&path, &[("notice", notice)]).await;
        let known = self.account.consents.get_mut(question);
        let known = known.ok_or_else(|| Oddity::missing("a question"))?;
        if !leads_to(&said, done) {
            known.may_be(is_given);
            return Err(unclear(said));
        }
        known.is(is_given);
        let page = self.page("/account/consents").await?;
        self.account.see_consents(&page);
        Ok(())
    }

    /// Takes the copy of their data that was asked for, or asks for one.
    async fn copy(&mut self) -> Result<(), Oddity> {
        let page = self.page("/account/data/export").await?;
        if !page.contains("/account/data/export/download") {
            // There may be one under way, or there were enough in a day.
            return self.submit("/account/data/export", &[]).await.map(drop);
        }
        let first = self.submit("/account/data/export/download", &[]).await?;
        let second = self.submit("/account/data/export/download", &[]).await?;
        if first.is_zip && second.is_zip {
            self.account.wrongs.push("a copy was taken twice".to_owned());
        }
        Ok(())
    }

    /// Asks the clinic for something, or takes back what they asked for.
    async fn request(&mut self) -> Result<(), Oddity> {
        let is_open = |known: &Known<bool>| *known == Known::of(true);
        let open = self.account.requests.iter().find(|(_, known)| is_open(known));
        let open = open.map(|(name, _)| name.clone());
        let Some(name) = open else {
            let said = self.submit("/requests", &[("ask", "access"), ("words", "")]).await?;
            let location = said.location.as_deref().and_then(|it| it.strip_prefix("/requests/"));
            let name = location.and_then(|it| it.strip_suffix("?received"));
            let name = name.ok_or_else(|| Oddity(format!("status {}", said.status)))?;
            self.account.requests.insert(name.to_owned(), Known::of(true));
            return Ok(());
        };
        let said = self.submit(&format!("/requests/{name}/withdraw"), &[]).await;
        let is_done = leads_to(&said, &format!("/requests/{name}?withdrawn"));
        if let Some(known) = self.account.requests.get_mut(&name) {
            if is_done { known.is(false) } else { known.may_be(false) }
        }
        if is_done { Ok(()) } else { Err(unclear(said)) }
    }

    async fn leave(&mut self) -> Result<(), Oddity> {
        let said = self.submit("/logout", &[]).await;
        if leads_to(&said, "/login") { Ok(()) } else { Err(unclear(said)) }
    }

    /// A page that must be there; the form token on it is for what is submitted next.
    async fn page(&mut self, path: &str) -> Result<String, Oddity> {
        let (status, page) = self.fetch(path).await?;
        if status != 200 {
            return Err(Oddity(format!("status {status}")));
        }
        let token = request::hidden_field(&page, "form_token");
        token.ok_or_else(|| Oddity::missing("the form token"))?.clone_into(&mut self.form_token);
        Ok(page)
    }

    async fn fetch(&mut self, path: &str) -> Result<(u16, String), Oddity> {
        let asked = Instant::now();
        let request = request::get(&self.browser.host, path, &self.cookie);
        let answer = self.browser.ask(&request).await?;
        let seen = (answer.status, String::from_utf8_lossy(answer.body).into_owned());
        self.browser.tally.note(Kind::Page, asked.elapsed());
        Ok(seen)
    }

    async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Said, Oddity> {
        let asked = Instant::now();
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("form_token", &self.form_token)
            .extend_pairs(fields)
            .finish();
        let request = request::post(&self.browser.host, path, &self.cookie, &body);
        let answer = self.browser.ask(&request).await?;
        let said = Said {
            status: answer.status,
            location: answer.header("location").map(str::to_owned),
            is_zip: answer.body.starts_with(ZIP),
        };
        if said.status >= 500 {
            return Err(Oddity(format!("status {}", said.status)));
        }
        self.browser.tally.note(Kind::Page, asked.elapsed());
        Ok(said)
    }
}

fn leads_to(said: &Result<Said, Oddity>, path: &str) -> bool {
    matches!(said, Ok(Said { status: 303, location: Some(to), .. }) if to == path)
}

/// Why it is not known whether something was done.
fn unclear(said: Result<Said, Oddity>) -> Oddity {
    match said {
        Ok(said) => Oddity(format!("status {}", said.status)),
        Err(odd) => odd,
    }
}
