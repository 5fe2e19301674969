//! What a process costs, as Linux tells in `/proc`.

use std::fs;
use std::time::Duration;

/// The unit of processor time in `/proc`: `sysconf(_SC_CLK_TCK)`, which is 100 on every
/// architecture that Rust has a Linux target for.
const TICK: Duration = Duration::from_millis(10);

/// Processor time used so far, in user and kernel mode, by all threads.
pub(crate) fn processor_time(process: u32) -> Option<Duration> {
    parse_stat(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// Memory that is resident now, in KiB.
pub(crate) fn resident_kib(process: u32) -> Option<u64> {
    parse_status(&fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

// proc_pid_stat(5): the name is in brackets; utime and stime are the fields 14 and 15.
fn parse_stat(stat: &str) -> Option<Duration> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let kernel: u32 = fields.next()?.parse().ok()?;
    TICK.checked_mul(user.checked_add(kernel)?)
}

fn parse_status(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{parse_stat, parse_status, processor_time, resident_kib};

    #[test]
    fn processor_time_is_found_whatever_the_name() {
        let stat = "7 (a) R (b) S 1 2 3 4 5 6 7 8 9 10 123 45 0 0 20 0 1 0";
        assert_eq!(parse_stat(stat), Some(Duration::from_millis(1680)));
        assert_eq!(parse_stat("7 (a"), None);
    }

    #[test]
    fn resident_memory_is_found() {
        assert_eq!(parse_status("Name:\ta\nVmRSS:\t    1234 kB\nRssAnon:\t 1 kB\n"), Some(1234));
        assert_eq!(parse_status(""), None);
    }

    #[test]
    fn this_process_is_there() {
        assert!(processor_time(std::process::id()).is_some());
        assert!(resident_kib(std::process::id()).is_some_and(|kib| kib > 0));
    }
}
