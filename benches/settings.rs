//! How long is measured, the same for every contender.

use std::time::Duration;

use criterion::Criterion;

/// A second to warm up and two to measure; the command line may ask for others.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args()
}
