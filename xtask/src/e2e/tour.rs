//! The story of a patient, from the first page to the last letter, as the README tells it: thirteen
//! steps against `portal demo`, in browsers, without a look into the database.
//!
//! Every page on the way is judged, and in the end none may be missing. With `--pictures` it takes
//! those of the README.

mod arrival;
mod data;
mod desk;
mod duo;
mod intake;
mod keyboard;
mod operator;
mod pages;
mod pictures;
mod publish;
mod security;
mod stage;
mod terminal;
mod visitor;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::cookies::FILES;
use super::npm::Packages;
use super::webdriver::Driver;
use super::{Outcome, check, program, say};
use desk::Staff;
use pages::Pages;
use pictures::Gallery;
use stage::{Demo, Stage};

/// How soon the demonstration is ready, once it is built.
const START: Duration = Duration::from_secs(2);

/// Goes through the story.
pub(super) fn tells_the_story() -> Outcome<()> {
    tell(None)
}

/// Goes through the story, and takes the README's pictures on the way.
pub(super) fn take_pictures() -> Outcome<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    tell(Some(Gallery(root.join("examples/portal/pictures"))))
}

/// Does what people do with the keyboard alone.
pub(super) fn is_for_the_keyboard() -> Outcome<()> {
    let (program, pages) = prepare()?;
    let driver = Driver::start()?;
    let demo = Demo::start(&program, &[])?;
    let mut stage = Stage { driver: &driver, demo, pages, gallery: None };
    keyboard::walk(&stage)?;
    stage.demo.end()?;
    say("keyboard: passed");
    Ok(())
}

/// Ends the demonstration in every way but one, and looks for what is left.
pub(super) fn leaves_nothing_behind() -> Outcome<()> {
    let program = program::build("portal")?;
    terminal::is_closed(&program)
}

fn prepare() -> Outcome<(PathBuf, Pages)> {
    program::require_browser()?;
    let program = program::build("portal")?;
    let packages = Packages::install(program::target_of(&program)?, "cookies", FILES)?;
    Ok((program, Pages::new(&packages)?))
}

/// The demonstration, which is ready in time: by the clock, or where others keep the machine busy
/// by what the processor did for it.
fn start_in_time(program: &Path) -> Outcome<Demo> {
    // Closed accounts are erased at once: nobody waits here for fourteen days.
    let demo = Demo::start(program, &["--closing-days", "0"])?;
    let (start, worked) = (demo.start.as_millis(), demo.worked.as_millis());
    say(&format!("tour: 1 portal demo, ready after {start} ms, {worked} of them its own"));
    check(demo.start.min(demo.worked) < START, "it takes more than two seconds to start")?;
    Ok(demo)
}

fn tell(gallery: Option<Gallery>) -> Outcome<()> {
    let (program, pages) = prepare()?;
    let driver = Driver::start()?;
    let demo = start_in_time(&program)?;
    let mut stage = Stage { driver: &driver, demo, pages, gallery };

    arrival::refuse_cookies(&stage)?;
    arrival::join(&stage)?;
    let alex = arrival::begin(&stage)?;
    arrival::guess(&stage, &alex)?;
    duo::push_and_pull_the_plug(&stage)?;
    let robin = Staff::open(&stage, "robin@example.com")?;
    data::correct(&stage, &alex, &robin)?;
    data::export(&stage, &alex)?;
    data::withdraw(&stage, &alex)?;
    security::look_around(&stage, &alex)?;
    data::close(&stage, &alex, &robin)?;
    let kim = Staff::open(&stage, "kim@example.com")?;
    desk::read_queue(&stage, &robin)?;
    desk::look_through(&stage, &robin)?;
    publish::publish(&stage, &robin)?;
    intake::ask_without_account(&stage, &robin)?;
    desk::reset_by_two(&stage, &robin, &kim)?;
    desk::audit(&stage)?;
    let jo = stage.open()?;
    stage.give_password(&jo, duo::JO)?;
    stage.see(&jo, "Security")?;
    data::close_while_asking(&stage, &jo)?;
    let count = stage.pages.check_complete()?;
    say(&format!("tour: {count} pages were judged, and every route was come by"));
    operator::look_after(&stage, &robin, &kim)?;
    operator::kill(&mut stage, &robin, &kim)?;
    stage.demo.end()?;
    operator::kill_among_a_thousand(&program)?;
    say("tour: passed");
    Ok(())
}
