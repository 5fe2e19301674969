//! `cookie-audit jar`

use std::process::ExitCode;

use anyhow::Result;
use upheld_cookies::{PublicSuffixes, Received, Request};

use crate::args::Jar;
use crate::{input, moment, output};

pub(crate) fn run(args: &Jar) -> Result<ExitCode> {
    let now = moment::or_now(args.now)?;
    let mut jar = upheld_cookies::Jar::new(PublicSuffixes);
    for (index, header) in input::header_lines()?.iter().enumerate() {
        if let Received::Dropped(dropped) = jar.receive(header, &Request::new(&args.set_url, now)) {
            output::complain(&format!("line {}: {dropped}", index.saturating_add(1)));
        }
    }
    output::line(&jar.cookie_header(&Request::new(&args.get_url, now)))?;
    Ok(ExitCode::SUCCESS)
}
