//! GPP, US Privacy and Additional Consent strings.

use upheld_cookies::additional_consent::AdditionalConsent;
use upheld_cookies::gpp::{Gpp, Padding, Section};
use upheld_cookies::us_privacy::UsPrivacy;

/// Reads the input as each of the three; what is read is written and read again alike.
pub fn gpp(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(read) = Gpp::parse(text) {
        let sections: Vec<(u16, &str)> = read.sections().collect();
        assert_eq!(text.split('~').count(), sections.len() + 1);
        let _signal = read.gpc();
        if !sections.is_empty() {
            for padding in [Padding::Shortest, Padding::Bytes] {
                let written = Gpp::write(&sections, padding).expect("what was read is in order");
                assert_eq!(Gpp::parse(&written).as_ref(), Ok(&read));
            }
        }
        for (id, section) in sections {
            let Ok(Section::UnitedStates(section)) = Section::parse(id, section) else { continue };
            for padding in [Padding::Shortest, Padding::Bytes] {
                let written = section.write(padding);
                assert_eq!(
                    Section::parse(id, &written),
                    Ok(Section::UnitedStates(section.clone()))
                );
            }
        }
    }
    if let Ok(string) = UsPrivacy::parse(text) {
        assert_eq!(string.to_text(), text.to_uppercase());
    }
    if let Ok(string) = AdditionalConsent::parse(text) {
        let written = string.to_text();
        assert_eq!(AdditionalConsent::parse(&written), Ok(string));
        assert!(written == text || format!("{text}.") == written, "{text}");
    }
}
