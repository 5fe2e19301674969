//! Codes on which two other implementations agree: pyotp and oathtool (see `generate.py`).

use upheld_totp::{
    Code, Counter, Digits, Hotp, Match, Parameters, Period, Secret, Totp, UnixSeconds, Window,
};

use crate::{algorithm, hex, rows};

const CROSS: &str = include_str!("../vectors/cross.txt");

#[test]
fn pyotp_and_oathtool() {
    let rows = rows(CROSS);
    assert_eq!(rows.len(), 589, "a vector went missing");
    for row in rows {
        let (algorithm, code) = (algorithm(row[0]), row[5]);
        let digits = Digits::try_from(row[1].parse::<u8>().unwrap()).unwrap();
        let secret = Secret::from_bytes_allowing_weak(&hex(row[4])).unwrap();
        let at: u64 = row[3].parse().unwrap();
        if row[2] == "counter" {
            let hotp = Hotp::new(&secret, algorithm, digits);
            assert_eq!(hotp.code(Counter(at)).to_text().expose(), code, "{row:?}");
            let found = hotp.find(&Code::parse(code).unwrap(), Counter(at), 0);
            assert_eq!(found, Some(Counter(at)), "{row:?}");
            continue;
        }
        let period = Period::from_seconds(row[2].parse().unwrap()).unwrap();
        let parameters = Parameters { algorithm, digits, period, ..Parameters::default() };
        let totp = Totp::new(&secret, parameters);
        let now = UnixSeconds(at);
        assert_eq!(totp.code_at(now).to_text().expose(), code, "{row:?}");
        let found = totp.find(&Code::parse(code).unwrap(), now, Window::EXACT, None);
        assert_eq!(found, Match::Unused { step: totp.step_at(now), offset: 0 }, "{row:?}");
    }
}
