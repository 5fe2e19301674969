//! Log lines, to the standard error.

use std::io::{IsTerminal, stderr};

use portal::config::LogFormat;
use tracing::level_filters::LevelFilter;

/// Writes log lines from now on.
pub(crate) fn start(level: LevelFilter, format: LogFormat) {
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(stderr);
    match format {
        LogFormat::Json => {
            log.json().flatten_event(true).with_span_list(false).init();
        }
        _ => log.with_ansi(stderr().is_terminal()).init(),
    }
}

/// Reads the name of a format.
pub(crate) fn parse_format(name: &str) -> Result<LogFormat, &'static str> {
    match name {
        "json" => Ok(LogFormat::Json),
        "text" => Ok(LogFormat::Text),
        _ => Err("use json or text"),
    }
}
