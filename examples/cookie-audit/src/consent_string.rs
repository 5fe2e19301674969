//! Consent strings as JSON, both ways.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use upheld_cookies::UnixSeconds;
use upheld_cookies::additional_consent::AdditionalConsent;
use upheld_cookies::gpp::{Gpp, Padding};
use upheld_cookies::tcf::{TcModel, TcString};
use upheld_cookies::us_privacy::UsPrivacy;

mod gpp;
mod tcf;

use gpp::SectionJson;
use tcf::TcJson;

/// A consent string of any kind.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum ConsentString {
    Tcf(Box<TcJson>),
    Gpp(GppJson),
    UsPrivacy(UsPrivacyJson),
    AdditionalConsent(AdditionalConsentJson),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GppJson {
    /// Whether any section says that the browser sent the Global Privacy Control signal.
    #[serde(default)]
    gpc: Option<bool>,
    sections: Vec<SectionJson>,
    /// `shortest`, or `bytes` as the IAB's own encoders do.
    #[serde(default)]
    padding: PaddingJson,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PaddingJson {
    #[default]
    Shortest,
    Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsPrivacyJson {
    version: u8,
    notice: char,
    opt_out_of_sale: char,
    lspa_covered: char,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdditionalConsentJson {
    consented: Vec<u32>,
    disclosed: Option<Vec<u32>>,
}

impl ConsentString {
    /// Tells the kind of a string by how it begins, and reads it.
    pub(crate) fn decode(text: &str, now: UnixSeconds) -> Result<Self> {
        if text.starts_with("1~") || text.starts_with("2~") {
            let read = AdditionalConsent::parse(text).context("no Additional Consent string")?;
            let (consented, disclosed) = (read.consented, read.disclosed);
            return Ok(Self::AdditionalConsent(AdditionalConsentJson { consented, disclosed }));
        }
        if text.len() == 4 && text.starts_with('1') {
            return Ok(Self::UsPrivacy(UsPrivacyJson::decode(text)?));
        }
        if text.starts_with('D') {
            return Ok(Self::Gpp(GppJson::decode(text, now)?));
        }
        let tc = TcString::parse(text).context("no TC string")?;
        Ok(Self::Tcf(Box::new(TcJson::of(&tc, now))))
    }

    pub(crate) fn encode(self) -> Result<String> {
        Ok(match self {
            Self::Tcf(json) => TcModel::try_from(*json)?.encode()?,
            Self::Gpp(json) => json.encode()?,
            Self::UsPrivacy(json) => json.encode()?,
            Self::AdditionalConsent(AdditionalConsentJson { consented, disclosed }) => {
                AdditionalConsent { consented, disclosed }.to_text()
            }
        })
    }
}

impl UsPrivacyJson {
    fn decode(text: &str) -> Result<Self> {
        let read = UsPrivacy::parse(text).context("no US Privacy string")?;
        Ok(Self {
            version: 1,
            notice: read.notice.to_char(),
            opt_out_of_sale: read.opt_out_of_sale.to_char(),
            lspa_covered: read.lspa_covered.to_char(),
        })
    }

    fn encode(&self) -> Result<String> {
        let Self { version, notice, opt_out_of_sale, lspa_covered } = self;
        let text = format!("{version}{notice}{opt_out_of_sale}{lspa_covered}");
        Ok(UsPrivacy::parse(&text)?.to_text())
    }
}

impl GppJson {
    fn decode(text: &str, now: UnixSeconds) -> Result<Self> {
        let gpp = Gpp::parse(text).context("no GPP string")?;
        let sections: Result<Vec<SectionJson>> =
            gpp.sections().map(|(id, text)| SectionJson::decode(id, text, now)).collect();
        let (gpc, sections) = (gpp.gpc(), sections?);
        // Whichever padding gives the string back; both are allowed.
        let mut json = Self { gpc, sections, padding: PaddingJson::Shortest };
        let header = |text: &str| text.split('~').next().map(str::len);
        if json.encode().is_ok_and(|written| header(&written) != header(text)) {
            json.padding = PaddingJson::Bytes;
        }
        Ok(json)
    }

    fn encode(&self) -> Result<String> {
        let padding = match self.padding {
            PaddingJson::Shortest => Padding::Shortest,
            PaddingJson::Bytes => Padding::Bytes,
        };
        let sections: Result<Vec<(u16, String)>> =
            self.sections.iter().map(|section| section.encode(padding)).collect();
        let sections = sections?;
        if sections.is_empty() {
            bail!("a GPP string needs a section");
        }
        let borrowed: Vec<(u16, &str)> =
            sections.iter().map(|(id, text)| (*id, text.as_str())).collect();
        Ok(Gpp::write(&borrowed, padding)?)
    }
}
