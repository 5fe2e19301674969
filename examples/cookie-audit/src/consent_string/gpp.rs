//! A section of a GPP string as JSON.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use upheld_cookies::UnixSeconds;
use upheld_cookies::gpp::{Padding, Section, SectionId, UsSection};
use upheld_cookies::tcf::TcModel;

use super::{TcJson, UsPrivacyJson};

/// A section; what it holds depends on its number.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SectionJson {
    id: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tcf: Option<Box<TcJson>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    us_privacy: Option<UsPrivacyJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    us: Option<UsJson>,
    /// A section that is passed on as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// A section of the United States; its fields by the specification's names.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UsJson {
    version: u16,
    fields: BTreeMap<String, Values>,
    gpc: Option<bool>,
    sensitive_data: Option<[u8; 8]>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Values {
    One(u8),
    List(Vec<u8>),
}

impl SectionJson {
    pub(super) fn decode(id: u16, text: &str, now: UnixSeconds) -> Result<Self> {
        let name = SectionId::of(id).map(|id| id.name().to_owned());
        let mut json = Self { id, name, tcf: None, us_privacy: None, us: None, text: None };
        match Section::parse(id, text)? {
            Section::TcfEuV2(tc) => json.tcf = Some(Box::new(TcJson::of(&tc, now))),
            Section::UsPrivacy(_) => json.us_privacy = Some(UsPrivacyJson::decode(text)?),
            Section::UnitedStates(section) => json.us = Some(UsJson::of(&section)),
            _ => json.text = Some(text.to_owned()),
        }
        Ok(json)
    }

    pub(super) fn encode(&self, padding: Padding) -> Result<(u16, String)> {
        let missing = || anyhow!("section {} has none of tcf, us_privacy, us and text", self.id);
        let text = match (&self.tcf, &self.us_privacy, &self.us, &self.text) {
            (Some(tc), ..) => TcModel::try_from((**tc).clone())?.encode()?,
            (_, Some(us_privacy), ..) => us_privacy.encode()?,
            (_, _, Some(us), _) => us.encode(self.id, padding)?,
            (.., Some(text)) => text.clone(),
            _ => return Err(missing()),
        };
        Ok((self.id, text))
    }
}

impl UsJson {
    fn of(section: &UsSection) -> Self {
        let values = |values: &[u8]| match values {
            [one] => Values::One(*one),
            list => Values::List(list.to_vec()),
        };
        Self {
            version: section.version(),
            fields: section.fields().map(|(name, list)| (name.to_owned(), values(list))).collect(),
            gpc: section.gpc(),
            sensitive_data: section.sensitive_data().and_then(|list| list.try_into().ok()),
        }
    }

    fn encode(&self, id: u16, padding: Padding) -> Result<String> {
        let known = SectionId::of(id).with_context(|| format!("section {id} is not known"))?;
        let mut section = UsSection::with_version(known, self.version)?;
        for (name, values) in &self.fields {
            let values = match values {
                Values::One(one) => std::slice::from_ref(one),
                Values::List(list) => list,
            };
            section.set(name, values).with_context(|| format!("section {id}, field {name}"))?;
        }
        if self.gpc.is_some() {
            section.set_gpc(self.gpc)?;
        }
        if let Some(values) = &self.sensitive_data {
            section.set_sensitive_data(Some(values))?;
        }
        Ok(section.write(padding))
    }
}
