//! What criterion left behind: one directory with two JSON files for each contender.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::Value;

/// The time one contender took, in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measurement {
    /// Topic and variant, `generate/sha1`.
    pub(crate) group: String,
    pub(crate) contender: String,
    pub(crate) median: f64,
    /// The interval that holds the median with a confidence of 95 %.
    pub(crate) interval: [f64; 2],
    /// How many bytes it went through, if criterion was told.
    pub(crate) bytes: Option<f64>,
    pub(crate) taken: SystemTime,
}

/// Why the measurements cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("{path} cannot be read: {source}; run `cargo bench -p upheld-benches` first")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} is not JSON as criterion 0.8 writes it")]
    Json { path: PathBuf },
    #[error("{path} holds no measurements; run `cargo bench -p upheld-benches` first")]
    None { path: PathBuf },
    #[error(
        "{group}: the measurements lie {minutes} minutes apart, so they are not of one run; \
         remove target/criterion and measure again"
    )]
    SeveralRuns { group: String, minutes: u64 },
}

/// The longest that one group may take: ten contenders at three minutes each.
const LONGEST_GROUP: Duration = Duration::from_secs(30 * 60);

/// Reads every measurement below criterion's directory, by group and then by speed.
pub(crate) fn read_all(criterion: &Path) -> Result<Vec<Measurement>, ReadError> {
    let mut measurements = Vec::new();
    for group in directories(criterion)? {
        for contender in directories(&group)? {
            if contender.join("new/estimates.json").exists() {
                measurements.push(read(&contender.join("new"))?);
            }
        }
    }
    if measurements.is_empty() {
        return Err(ReadError::None { path: criterion.to_owned() });
    }
    measurements.sort_by(|a, b| a.group.cmp(&b.group).then(a.median.total_cmp(&b.median)));
    Ok(measurements)
}

/// Refuses a group to which some contenders were added by a later run: machines change pace.
pub(crate) fn check_one_run(measurements: &[Measurement]) -> Result<(), ReadError> {
    for group in measurements.chunk_by(|a, b| a.group == b.group) {
        let taken = || group.iter().map(|measurement| measurement.taken);
        let (Some(first), Some(last)) = (taken().min(), taken().max()) else { continue };
        let apart = last.duration_since(first).unwrap_or_default();
        if apart > LONGEST_GROUP {
            let group = group.iter().take(1).map(|any| any.group.as_str()).collect();
            return Err(ReadError::SeveralRuns { group, minutes: apart.as_secs() / 60 });
        }
    }
    Ok(())
}

/// The day of the last measurement, in UTC.
pub(crate) fn day(measurements: &[Measurement]) -> String {
    let last = measurements.iter().map(|measurement| measurement.taken).max();
    last.and_then(|time| Timestamp::try_from(time).ok())
        .map_or_else(|| "unknown".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}

fn directories(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let failed = |source| ReadError::File { path: path.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?.path();
        if entry.is_dir() {
            found.push(entry);
        }
    }
    Ok(found)
}

fn read(directory: &Path) -> Result<Measurement, ReadError> {
    let estimates = directory.join("estimates.json");
    let failed = |source| ReadError::File { path: estimates.clone(), source };
    let taken = fs::metadata(&estimates).and_then(|file| file.modified()).map_err(failed)?;
    let values = (json(&directory.join("benchmark.json"))?, json(&estimates)?);
    parse(&values.0, &values.1, taken).ok_or(ReadError::Json { path: estimates })
}

fn json(path: &Path) -> Result<Value, ReadError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ReadError::File { path: path.to_owned(), source })?;
    serde_json::from_str(&text).map_err(|_| ReadError::Json { path: path.to_owned() })
}

fn parse(benchmark: &Value, estimates: &Value, taken: SystemTime) -> Option<Measurement> {
    let name = |key| Some(benchmark.get(key)?.as_str()?.to_owned());
    let number = |pointer| estimates.pointer(pointer)?.as_f64();
    Some(Measurement {
        group: name("group_id")?,
        contender: name("function_id")?,
        median: number("/median/point_estimate")?,
        interval: [
            number("/median/confidence_interval/lower_bound")?,
            number("/median/confidence_interval/upper_bound")?,
        ],
        bytes: benchmark.pointer("/throughput/Bytes").and_then(Value::as_f64),
        taken,
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use serde_json::json;

    use super::{Measurement, ReadError, check_one_run, day, parse};

    fn at(group: &str, seconds: u64) -> Measurement {
        let taken = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        Measurement {
            group: group.to_owned(),
            contender: "any".to_owned(),
            median: 1.0,
            interval: [1.0, 1.0],
            bytes: None,
            taken: taken.unwrap_or(SystemTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn criterions_files_are_read() {
        let benchmark = json!({
            "group_id": "uri", "function_id": "totp-rs 6", "value_str": null,
            "throughput": {"Bytes": 32}
        });
        let estimates = json!({
            "mean": {"point_estimate": 9.0},
            "median": {
                "confidence_interval":
                    {"confidence_level": 0.95, "lower_bound": 2.5, "upper_bound": 4.5},
                "point_estimate": 3.5, "standard_error": 0.1
            }
        });
        let read = parse(&benchmark, &estimates, SystemTime::UNIX_EPOCH);
        let expected = Measurement {
            group: "uri".to_owned(),
            contender: "totp-rs 6".to_owned(),
            median: 3.5,
            interval: [2.5, 4.5],
            bytes: Some(32.0),
            taken: SystemTime::UNIX_EPOCH,
        };
        assert_eq!(read, Some(expected));
        assert_eq!(parse(&benchmark, &json!({}), SystemTime::UNIX_EPOCH), None);
    }

    #[test]
    fn a_group_is_of_one_run() {
        assert!(check_one_run(&[at("a", 0), at("a", 1_800), at("b", 9_999)]).is_ok());
        let late = check_one_run(&[at("a", 0), at("b", 0), at("b", 1_861)]);
        assert!(
            matches!(&late, Err(ReadError::SeveralRuns { group, minutes: 31 }) if group == "b"),
            "{late:?}"
        );
    }

    #[test]
    fn the_day_is_that_of_the_last_measurement() {
        assert_eq!(day(&[at("a", 951_782_399), at("b", 0)]), "2000-02-28");
        assert_eq!(day(&[at("a", 951_782_400)]), "2000-02-29");
    }
}
