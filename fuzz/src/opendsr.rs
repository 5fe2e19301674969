//! `OpenDSR` messages as they come from anywhere.

use upheld_consent::opendsr::{Cancelled, Discovery, Order, Receipt, StatusReport};

/// What is read and can be written is read again as the same, without leniency; an error tells
/// nothing of the contents.
pub fn opendsr(body: &[u8]) {
    if let Ok((order, leniency)) = Order::parse(body) {
        if let Ok(written) = order.to_json() {
            let (again, left) = Order::parse(written.as_bytes()).expect("what was written");
            assert_eq!(again, order);
            assert!(left.iter().all(|one| leniency.contains(one)));
        } else {
            assert!(!leniency.is_empty());
        }
    }
    if let Ok((report, _)) = StatusReport::parse(body) {
        let written = report.to_json().expect("values of ours");
        assert_eq!(StatusReport::parse(written.as_bytes()), Ok((report, Vec::new())));
    }
    let _ = (Cancelled::parse(body).is_ok(), Discovery::parse(body).is_ok());
    assert!(Receipt::parse(body, b"never sent").is_err() || body.len() > 100);
}
