//! Recordings and Flash cookies in files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use upheld_cookies::PublicSuffixes;
use upheld_cookies::audit::{Mark, Observer, Timeline};
use upheld_cookies::har::Har;
use upheld_cookies::sol::SharedObject;

use crate::output;

/// Input that says nothing: exit status 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unusable(pub(crate) String);

/// How much a recording had.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extent {
    pub(crate) entries: u64,
    pub(crate) cookies: u64,
}

/// The most bytes of a Flash cookie; Flash itself asks people beyond 100 kB.
const LARGEST_FLASH: u64 = 16 << 20;

/// The most files that are looked at in a folder.
const MOST_FILES: usize = 100_000;

/// Shows a recording to the observer.
pub(crate) fn observe(
    path: &Path,
    timeline: Timeline,
    observer: &mut Observer<PublicSuffixes>,
) -> Result<Extent> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
    let mut har = Har::new(file);
    observer.begin_recording(&name, timeline);
    for entry in har.by_ref() {
        let entry = entry.map_err(|error| Unusable(format!("{name}: {error}")))?;
        observer.see(&entry).map_err(|error| Unusable(format!("{name}: {error}")))?;
    }
    let recording = har.recording();
    recording.usability().map_err(|why| Unusable(format!("CL25: {name}: {why}")))?;
    let missed: Vec<String> = observer.missed_marks().map(describe).collect();
    if !missed.is_empty() {
        let missed = missed.join(" and ");
        return Err(Unusable(format!("{name}: no entry has come to {missed}")).into());
    }
    let cookies = recording.set_cookies().saturating_add(recording.requests_with_cookies());
    Ok(Extent { entries: recording.entries(), cookies })
}

fn describe(mark: &Mark) -> String {
    match mark {
        Mark::Moment(moment) => {
            let text = jiff::Timestamp::from_millisecond(moment.0).map(|moment| moment.to_string());
            format!("the moment {}", text.unwrap_or_default())
        }
        Mark::Page(id) => format!("the page {id}"),
        _ => "a mark".to_owned(),
    }
}

/// Shows every Flash cookie below a folder to the observer; returns how many there were.
///
/// Flash keeps them as `#SharedObjects/RANDOM/HOST/…/NAME.sol`.
pub(crate) fn observe_flash(
    folder: &Path,
    observer: &mut Observer<PublicSuffixes>,
) -> Result<usize> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let path = entry.path();
            // Links are not followed: they could lead in a circle.
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("sol")) {
                found.push(path);
            }
        }
        if found.len().saturating_add(folders.len()) > MOST_FILES {
            return Err(Unusable(format!("more than {MOST_FILES} files below a folder")).into());
        }
    }
    found.sort();
    for path in &found {
        let name = path.display().to_string();
        let size = fs::metadata(path).with_context(|| format!("cannot read {name}"))?.len();
        if size > LARGEST_FLASH {
            output::complain(&format!("{name}: too large for a Flash cookie, passed over"));
            continue;
        }
        let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
        match SharedObject::parse(&bytes) {
            Ok(object) => observer
                .see_shared_object(&object, &host(folder, path), &name)
                .map_err(|error| Unusable(error.to_string()))?,
            Err(error) => output::complain(&format!("{name}: no Flash cookie: {error}")),
        }
    }
    Ok(found.len())
}

/// The host of a Flash cookie: the first folder on its path that looks like one.
fn host(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let parent = below.parent().map(PathBuf::from).unwrap_or_default();
    let names = parent.iter().map(|name| name.to_string_lossy().into_owned());
    let names = names.map(|name| name.trim_start_matches('#').to_ascii_lowercase());
    let mut hosts = names.filter(|name| name.contains('.') && !name.contains(".swf"));
    hosts.next().unwrap_or_else(|| "localhost".to_owned())
}
