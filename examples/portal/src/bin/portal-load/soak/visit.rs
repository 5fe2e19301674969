//! What a person does in one visit: each page asked of another node than the one before.

use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use portal::seeding::{Awaited, Seeded};
use tokio::time::sleep;
use upheld_totp::{Code, Parameters, Totp};

use super::Site;
use super::account::{Account, Known, QUESTIONS, is_given};
use super::said::{Asked, EXPORT, Said};
use crate::connection::{Answer, Connection};
use crate::fixture::PASSWORD;
use crate::request;
use crate::scenario::second_factor::{self, SESSION};
use crate::scenario::{Oddity, login, now, visitor};
use crate::tally::{Kind, Tally};

const DOWNLOAD: &str = "/account/data/export/download";
const LEAVE: &str = "/logout";
/// How often, and how many times, it is looked whether a copy is ready before the next visit.
const LOOKS: (Duration, usize) = (Duration::from_millis(500), 20);

/// A browser with a connection to each node.
#[derive(Debug)]
pub(crate) struct Browser {
    host: Rc<str>,
    nodes: [Connection; 2],
    pub(crate) tally: Tally,
}

impl Browser {
    pub(crate) fn of(site: &Site, number: usize) -> Self {
        let [first, second] = site.addresses().map(|node| Connection::from(node, visitor(number)));
        let nodes = [first, second.counted_in(&site.awaited)];
        Self { host: site.fixture.host().into(), nodes, tally: Tally::default() }
    }

    /// Asks the node that was not asked last. Where nobody listens the other one is asked, as the
    /// proxy before them does.
    async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, Oddity> {
        self.nodes.reverse();
        let [next, _] = &mut self.nodes;
        next.forget_if_closed();
        if let Err(error) = next.send(request).await {
            if error.kind() != io::ErrorKind::ConnectionRefused {
                return Err(error.into());
            }
            self.nodes.reverse();
            let [next, _] = &mut self.nodes;
            next.forget_if_closed();
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
            account.note_sent(1);
            if show(one, &host, first.as_ref(), &wrong).await?.is_some() {
                account.wrongs.push("a wrong code opened a session".to_owned());
            }
        }
        let (made, step) = (Instant::now(), totp.step_at(now()));
        let code = totp.code(step);
        account.codes.insert(step.0);
        account.note_sent(u16::from(first.is_some()).saturating_add(u16::from(second.is_some())));
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
            (Ok(None), Ok(None)) => {
                account.note_refused(made.elapsed());
                return Err(Oddity("a right code was refused".to_owned()));
            }
        };
        account.note_accepted();
        if number % 3 == 1 {
            account.note_sent(1);
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
/// Whoever stays takes a copy of their data with the next code, and leaves then. Ends at the first
/// answer that does not come or is none that was expected.
pub(crate) async fn act(
    browser: &mut Browser,
    (seeded, account): &mut (Seeded, Account),
    number: u32,
) -> Result<(), Oddity> {
    if let Some(cookie) = account.session.take() {
        let mut visit = Visit { browser, account, cookie, form_token: String::new() };
        visit.copy(seeded).await?;
        return visit.leave().await;
    }
    let cookie = browser.sign_in(seeded, account, number).await?;
    let mut visit = Visit { browser, account, cookie, form_token: String::new() };
    visit.rename(format!("Somebody {number}")).await?;
    visit.answer(number).await?;
    if number % 4 == 1 {
        visit.account.session = Some(visit.cookie);
        return Ok(());
    }
    visit.request().await?;
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
        visit.see_request(&request).await?;
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
        self.account.done.renames = self.account.done.renames.saturating_add(1);
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
        self.account.done.consents = self.account.done.consents.saturating_add(1);
        let page = self.page("/account/consents").await?;
        self.account.see_consents(&page);
        Ok(())
    }

    /// Confirms that it is them, and takes the copy of their data, which is made if there is none.
    async fn copy(&mut self, seeded: &Seeded) -> Result<(), Oddity> {
        self.page(EXPORT).await?;
        self.confirm(seeded).await?;
        if !self.has_copy().await? {
            if self.submit(EXPORT, &[]).await?.to_asked()? == Asked::TooMany {
                return Ok(());
            }
            let (pause, mut left) = LOOKS;
            while !self.has_copy().await? {
                if left == 0 {
                    return Ok(());
                }
                left = left.saturating_sub(1);
                sleep(pause).await;
            }
        }
        let first = self.submit(DOWNLOAD, &[]).await?.to_taken()?;
        let second = self.submit(DOWNLOAD, &[]).await?.to_taken()?;
        self.account.note_copies(first, second);
        Ok(())
    }

    async fn has_copy(&mut self) -> Result<bool, Oddity> {
        Ok(self.page(EXPORT).await?.contains(DOWNLOAD))
    }

    /// Shows a code that was not sent yet, and goes on with the cookie that comes for it.
    async fn confirm(&mut self, seeded: &Seeded) -> Result<(), Oddity> {
        let totp = Totp::new(&seeded.secret, Parameters::default());
        let (made, step) = (Instant::now(), totp.step_at(now()));
        let code = totp.code(step).to_text();
        self.account.codes.insert(step.0);
        self.account.to_confirm = self.account.to_confirm.saturating_add(1);
        self.account.note_sent(1);
        let said = self.submit("/reauth", &[("for", "export"), ("code", code.expose())]).await?;
        if said.status == 422 {
            self.account.note_refused(made.elapsed());
        }
        let (true, Some(session)) = (said.leads_to(EXPORT), &said.session) else {
            return Err(said.unexpected());
        };
        self.account.note_accepted();
        self.account.confirmed = self.account.confirmed.saturating_add(1);
        self.cookie.clone_from(session);
        Ok(())
    }

    /// Asks the clinic for something, or takes back what they asked for.
    async fn request(&mut self) -> Result<(), Oddity> {
        let is_open = |known: &Known<bool>| *known == Known::of(true);
        let open = self.account.requests.iter().find(|(_, known)| is_open(known));
        let name = if let Some((name, _)) = open {
            let name = name.clone();
            let said = self.submit(&format!("/requests/{name}/withdraw"), &[]).await;
            let is_done = leads_to(&said, &format!("/requests/{name}?withdrawn"));
            if let Some(known) = self.account.requests.get_mut(&name) {
                if is_done { known.is(false) } else { known.may_be(false) }
            }
            if !is_done {
                return Err(unclear(said));
            }
            name
        } else {
            let said = self.submit("/requests", &[("ask", "access"), ("words", "")]).await?;
            let name = said.leads_between("/requests/", "?received");
            let name = name.ok_or_else(|| said.unexpected())?.to_owned();
            self.account.requests.insert(name.clone(), Known::of(true));
            name
        };
        self.account.done.requests = self.account.done.requests.saturating_add(1);
        self.see_request(&name).await
    }

    async fn see_request(&mut self, name: &str) -> Result<(), Oddity> {
        let said = self.fetch(&format!("/requests/{name}")).await?;
        self.account.see_request(name, &said)
    }

    async fn leave(&mut self) -> Result<(), Oddity> {
        let said = self.submit(LEAVE, &[]).await;
        if leads_to(&said, "/login") { Ok(()) } else { Err(unclear(said)) }
    }

    /// A page that must be there; the form token on it is for what is submitted next.
    async fn page(&mut self, path: &str) -> Result<String, Oddity> {
        let said = self.fetch(path).await?;
        if said.status != 200 {
            return Err(said.unexpected());
        }
        let page = said.page();
        let token = request::hidden_field(&page, "form_token");
        token.ok_or_else(|| Oddity::missing("the form token"))?.clone_into(&mut self.form_token);
        Ok(page)
    }

    async fn fetch(&mut self, path: &str) -> Result<Said, Oddity> {
        let request = request::get(&self.browser.host, path, &self.cookie);
        self.ask(path, &request).await
    }

    async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Said, Oddity> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("form_token", &self.form_token)
            .extend_pairs(fields)
            .finish();
        let request = request::post(&self.browser.host, path, &self.cookie, &body);
        self.ask(path, &request).await
    }

    async fn ask(&mut self, path: &str, request: &[u8]) -> Result<Said, Oddity> {
        let asked = Instant::now();
        let said = Said::of(&self.browser.ask(request).await?);
        if path != LEAVE || !said.leads_to("/login") {
            self.account.see_answer(&said)?;
        }
        self.browser.tally.note(Kind::Page, asked.elapsed());
        Ok(said)
    }
}

fn leads_to(said: &Result<Said, Oddity>, path: &str) -> bool {
    said.as_ref().is_ok_and(|said| said.leads_to(path))
}

/// Why it is not known whether something was done.
fn unclear(said: Result<Said, Oddity>) -> Oddity {
    said.map_or_else(|odd| odd, |said| said.unexpected())
}
