//! One code in many requests at the same time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;

use crate::browser::Browser;
use crate::clinic::{Clinic, PASSWORD};

const ROUNDS: usize = 50;
const LOGINS: usize = 8;
const REQUESTS: usize = 32;

/// Thirty-two requests, four for each of eight logins, whose last bytes arrive together.
#[test]
fn t02_of_parallel_requests_with_one_code_one_opens_a_session() {
    let (clinic, phone) = Clinic::enrolled();
    let mut spare = clinic.browser();
    let mut browsers = Vec::new();
    for round in 0..ROUNDS {
        // A login waits five minutes; a round takes one and a half.
        if round % 3 == 0 {
            browsers = await_codes(&clinic);
        }
        // The refused of the round before have used up attempts: a success gives them back, so
        // that this round is decided by the code and not by the wait.
        clinic.step_on(60);
        spare.sign_in(&clinic, &phone);
        spare.sign_out();
        clinic.step_on(30);

        let body = |browser: &Browser| browser.form(&[("code", &phone.code_at(clinic.now()))]);
        let requests: Vec<_> = (0..REQUESTS)
            .map(|at| browsers.get(at % browsers.len()).unwrap())
            .map(|browser| request(&clinic, browser, &body(browser)))
            .collect();
        let answers = send_together(&clinic, &requests);

        let opened: Vec<_> = answers.iter().filter_map(|answer| session_in(answer)).collect();
        assert_eq!(opened.len(), 1, "round {round}: {answers:#?}");
        for answer in &answers {
            assert!(
                answer.starts_with("HTTP/1.1 303") || answer.starts_with("HTTP/1.1 422"),
                "round {round}: {answer}"
            );
        }
        let stored = format!("SELECT count(*) FROM sessions WHERE opened_at = {}", clinic.now());
        assert_eq!(clinic.query(&stored), 1, "round {round}");
        let mut winner = clinic.browser();
        winner.cookies.insert("__Host-session".into(), opened[0].into());
        assert!(winner.is_signed_in());
        // The winner's login is used up.
        browsers.retain_mut(|browser| browser.get("/login/second-factor").status == 200);
    }
}

fn await_codes(clinic: &Clinic) -> Vec<Browser> {
    let logins = (0..LOGINS).map(|_| {
        let mut browser = clinic.browser();
        browser.show_password(PASSWORD).assert_redirects_to("/login/second-factor");
        browser.get("/login/second-factor").assert_shows(200, "Enter your code");
        browser
    });
    logins.collect()
}

fn request(clinic: &Clinic, browser: &Browser, body: &str) -> String {
    format!(
        "POST /login/second-factor HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        clinic.address,
        browser.cookie_header(),
        body.len()
    )
}

/// Sends all but the last byte of each, waits for everyone, and sends the last bytes.
fn send_together(clinic: &Clinic, requests: &[String]) -> Vec<String> {
    let start = Barrier::new(requests.len());
    let send = &|request: &str| {
        let mut connection = TcpStream::connect(clinic.address).unwrap();
        connection.set_nodelay(true).unwrap();
        let (all_but_one, last) = request.as_bytes().split_at(request.len() - 1);
        connection.write_all(all_but_one).unwrap();
        start.wait();
        connection.write_all(last).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    };
    thread::scope(|scope| {
        let threads: Vec<_> =
            requests.iter().map(|request| scope.spawn(move || send(request))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn session_in(answer: &str) -> Option<&str> {
    let (_, rest) = answer.split_once("set-cookie: __Host-session=")?;
    rest.split(';').next().filter(|token| !token.is_empty())
}
