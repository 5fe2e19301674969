//! A browser, driven by the HTTP protocol of the W3C for it, and by the vendor command
//! `goog/cdp/execute` for what that lacks.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::{Value, json};
use ureq::Agent;

use super::Outcome;
use super::program::Program;

/// W3C `WebDriver` §12.1: the key under which an element's name comes.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE: Duration = Duration::from_secs(10);

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,1100",
];

/// A driver that opens browsers.
pub(super) struct Driver {
    _program: Program,
    agent: Agent,
    url: String,
}

/// An open browser, with cookies of its own.
pub(super) struct Browser<'a> {
    driver: &'a Driver,
    session: String,
    _profile: tempfile::TempDir,
}

/// A part of a page.
pub(super) struct Element<'a> {
    browser: &'a Browser<'a>,
    id: String,
}

/// A virtual security key.
pub(super) struct SecurityKey<'a> {
    browser: &'a Browser<'a>,
    id: String,
}

impl Driver {
    pub(super) fn start() -> Outcome<Self> {
        let mut command = Command::new("chromedriver");
        let mut program = Program::start(command.arg("--port=0").stderr(Stdio::null()))?;
        let port = program.read_after("started successfully on port ")?;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .new_agent();
        let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        Ok(Self { _program: program, agent, url })
    }

    /// Opens a browser in which pages cannot run scripts.
    pub(super) fn open(&self) -> Outcome<Browser<'_>> {
        let without_scripts = json!({ "profile.managed_default_content_settings.javascript": 2 });
        self.open_with(&without_scripts, false)
    }

    /// Opens one in which they can, and which believes certificates that nobody else does.
    pub(super) fn open_with_scripts(&self) -> Outcome<Browser<'_>> {
        self.open_with(&json!({}), true)
    }

    fn open_with(&self, preferences: &Value, believes: bool) -> Outcome<Browser<'_>> {
        let profile = tempfile::tempdir()?;
        let folder = format!("--user-data-dir={}", profile.path().display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([&*folder]).collect();
        let options = json!({ "args": flags, "prefs": preferences });
        let always = json!({ "goog:chromeOptions": options, "acceptInsecureCerts": believes });
        let wanted = json!({ "capabilities": { "alwaysMatch": always } });
        let opened = self.call("POST", "/session", &wanted)?;
        let session = text(field(&opened, "sessionId")?)?;
        Ok(Browser { driver: self, session, _profile: profile })
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let url = format!("{}{path}", self.url);
        let sent = match method {
            "GET" => self.agent.get(&url).call(),
            "DELETE" => self.agent.delete(&url).call(),
            _ => self.agent.post(&url).send_json(body),
        };
        let answer: Value = sent?.body_mut().read_json()?;
        let value = field(&answer, "value")?;
        match value.get("error").and_then(Value::as_str) {
            Some(error) => {
                Err(format!("{method} {path}: {error}: {}", field(value, "message")?).into())
            }
            None => Ok(value.clone()),
        }
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        // The driver ends the browser too when it ends.
        drop(self.call("DELETE", "", &Value::Null));
    }
}

impl Browser<'_> {
    pub(super) fn go_to(&self, url: &str) -> Outcome<()> {
        self.call("POST", "/url", &json!({ "url": url })).map(drop)
    }

    pub(super) fn go_back(&self) -> Outcome<()> {
        self.call("POST", "/back", &json!({})).map(drop)
    }

    pub(super) fn url(&self) -> Outcome<String> {
        text(&self.call("GET", "/url", &Value::Null)?)
    }

    pub(super) fn title(&self) -> Outcome<String> {
        text(&self.call("GET", "/title", &Value::Null)?)
    }

    /// What `script` returns, run by the driver and not by the page.
    pub(super) fn evaluate(&self, script: &str) -> Outcome<Value> {
        self.call("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    pub(super) fn cookies(&self) -> Outcome<Vec<Value>> {
        let cookies = self.call("GET", "/cookie", &Value::Null)?;
        Ok(cookies.as_array().ok_or("no cookies")?.clone())
    }

    /// A picture of the whole page, however long it is.
    pub(super) fn screenshot(&self) -> Outcome<Vec<u8>> {
        self.screenshot_of(u32::MAX)
    }

    /// A picture of the page, cut off below `height`.
    pub(super) fn screenshot_of(&self, height: u32) -> Outcome<Vec<u8>> {
        let metrics = self.devtools("Page.getLayoutMetrics", &json!({}))?;
        let mut clip = field(&metrics, "cssContentSize")?.clone();
        let size = clip.as_object_mut().ok_or("no size")?;
        if size.get("height").and_then(Value::as_f64) > Some(height.into()) {
            size.insert("height".into(), json!(height));
        }
        size.insert("scale".into(), json!(1));
        let wanted = json!({ "captureBeyondViewport": true, "clip": clip });
        decode(field(&self.devtools("Page.captureScreenshot", &wanted)?, "data")?)
    }

    /// Presses keys one after the other, whatever has the focus: W3C `WebDriver` §15.
    pub(super) fn press(&self, keys: &str) -> Outcome<()> {
        let strokes = |key: char| {
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
        };
        let strokes: Vec<Value> = keys.chars().flat_map(strokes).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.call("POST", "/actions", &json!({ "actions": [keyboard] })).map(drop)
    }

    /// A command that only Chromium knows.
    pub(super) fn devtools(&self, command: &str, parameters: &Value) -> Outcome<Value> {
        self.call("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// Plugs a virtual security key in, of which every touch is granted: W3C `WebAuthn` §11.
    pub(super) fn plug_in(&self, protocol: &str) -> Outcome<SecurityKey<'_>> {
        let key = json!({
            "protocol": protocol, "transport": "usb", "hasResidentKey": false,
            "hasUserVerification": false, "isUserConsenting": true,
        });
        let id = text(&self.call("POST", "/webauthn/authenticator", &key)?)?;
        Ok(SecurityKey { browser: self, id })
    }

    /// The first element that `css` selects, once there is one.
    pub(super) fn find(&self, css: &str) -> Outcome<Element<'_>> {
        self.find_by("css selector", css)
    }

    /// The first element of a kind with this text, once there is one.
    pub(super) fn find_text(&self, element: &str, text: &str) -> Outcome<Element<'_>> {
        self.find_by("xpath", &format!("//{element}[normalize-space()='{text}']"))
    }

    fn find_by(&self, strategy: &str, selector: &str) -> Outcome<Element<'_>> {
        let query = json!({ "using": strategy, "value": selector });
        let start = Instant::now();
        loop {
            match self.call("POST", "/element", &query) {
                Ok(found) => {
                    return Ok(Element { browser: self, id: text(field(&found, ELEMENT)?)? });
                }
                Err(error) if start.elapsed() > PATIENCE => {
                    return Err(format!("{error} (at {})", self.url()?).into());
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Waits until the page's heading is `heading`.
    pub(super) fn expect_heading(&self, heading: &str) -> Outcome<()> {
        let start = Instant::now();
        loop {
            // The page may be replaced between finding the heading and reading it.
            let found = self.find("h1").and_then(|element| element.text());
            match found {
                Ok(found) if found == heading => return Ok(()),
                _ if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(50)),
                Ok(found) => return Err(format!("{heading:?} expected, {found:?} found").into()),
                Err(error) => return Err(error),
            }
        }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        self.driver.call(method, &format!("/session/{}{path}", self.session), body)
    }
}

impl SecurityKey<'_> {
    /// What is on it, private keys too.
    pub(super) fn credentials(&self) -> Outcome<Vec<Value>> {
        let credentials = self.call("GET", "/credentials", &Value::Null)?;
        Ok(credentials.as_array().ok_or("no credentials")?.clone())
    }

    /// Puts a credential on it.
    pub(super) fn copy(&self, credential: &Value) -> Outcome<()> {
        self.call("POST", "/credential", credential).map(drop)
    }

    pub(super) fn pull_out(self) -> Outcome<()> {
        self.call("DELETE", "", &Value::Null).map(drop)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        self.browser.call(method, &format!("/webauthn/authenticator/{}{path}", self.id), body)
    }
}

impl Element<'_> {
    pub(super) fn click(&self) -> Outcome<()> {
        self.call("POST", "/click", &json!({})).map(drop)
    }

    /// Types `keys` instead of what is there.
    pub(super) fn fill(&self, keys: &str) -> Outcome<()> {
        self.call("POST", "/clear", &json!({}))?;
        self.call("POST", "/value", &json!({ "text": keys })).map(drop)
    }

    /// The text as the person sees it.
    pub(super) fn text(&self) -> Outcome<String> {
        text(&self.call("GET", "/text", &Value::Null)?)
    }

    pub(super) fn screenshot(&self) -> Outcome<Vec<u8>> {
        decode(&self.call("GET", "/screenshot", &Value::Null)?)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        self.browser.call(method, &format!("/element/{}{path}", self.id), body)
    }
}

fn field<'a>(value: &'a Value, name: &str) -> Outcome<&'a Value> {
    Ok(value.get(name).ok_or_else(|| format!("no {name} in the answer"))?)
}

fn text(value: &Value) -> Outcome<String> {
    Ok(value.as_str().ok_or("a text was expected")?.to_owned())
}

fn decode(value: &Value) -> Outcome<Vec<u8>> {
    Ok(BASE64.decode(text(value)?.as_bytes())?)
}
