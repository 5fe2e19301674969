//! The file as it is written: what serde reads, before anything is understood.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) schema: u32,
    pub(super) language: Option<String>,
    pub(super) site: Site,
    #[serde(default)]
    pub(super) consent: Consent,
    #[serde(default)]
    pub(super) signals: Signals,
    pub(super) banner: Option<Banner>,
    #[serde(default)]
    pub(super) purpose: Vec<Purpose>,
    #[serde(default)]
    pub(super) vendor: Vec<Vendor>,
    #[serde(default)]
    pub(super) opt_out: Vec<OptOut>,
    #[serde(default)]
    pub(super) item: Vec<Item>,
    #[serde(default)]
    pub(super) suppress: Vec<Suppress>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub(super) name: Option<String>,
    pub(super) hosts: Vec<String>,
    pub(super) jurisdictions: Vec<String>,
    pub(super) updated: String,
    pub(super) controller: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) policy_url: Option<String>,
    #[serde(default)]
    pub(super) statutes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Consent {
    pub(super) cookie: Option<String>,
    pub(super) valid_for: Option<String>,
    pub(super) ask_again_after: Option<String>,
    pub(super) settings_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signals {
    pub(super) gpc: Option<String>,
    #[serde(default)]
    pub(super) dnt: bool,
    #[serde(default)]
    pub(super) tcf: bool,
    #[serde(default)]
    pub(super) gpc_file: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Banner {
    pub(super) reject: String,
    pub(super) equal_weight: bool,
    #[serde(default)]
    pub(super) preselected: Vec<String>,
    #[serde(default)]
    pub(super) wall: bool,
    #[serde(default)]
    pub(super) close_accepts: bool,
    pub(super) withdrawal: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purpose {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) tcf: Option<Vec<u8>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vendor {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) role: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) gvl: Option<u16>,
    #[serde(default)]
    pub(super) domains: Vec<String>,
    pub(super) privacy: Option<String>,
    #[serde(default)]
    pub(super) opt_outs: Vec<String>,
    #[serde(default)]
    pub(super) linked_from_every_page: bool,
    pub(super) campaign_started: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptOut {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) how: Option<String>,
    pub(super) checked: Option<String>,
    pub(super) valid_until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the keys of the file")]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) status: Option<String>,
    pub(super) retired: Option<String>,
    #[serde(default)]
    pub(super) purposes: Vec<String>,
    pub(super) basis: Option<Basis>,
    pub(super) lifetime: Option<String>,
    #[serde(default)]
    pub(super) refreshes: bool,
    pub(super) vendor: Option<String>,
    #[serde(default)]
    pub(super) domains: Vec<String>,
    #[serde(default)]
    pub(super) paths: Vec<String>,
    #[serde(default)]
    pub(super) partitioned: bool,
    #[serde(default)]
    pub(super) data: Vec<String>,
    #[serde(default)]
    pub(super) recipients: Vec<String>,
    pub(super) retention: Option<String>,
    #[serde(default)]
    pub(super) sold_or_shared: bool,
    #[serde(default)]
    pub(super) aggregate_only: bool,
    pub(super) objection: Option<String>,
    pub(super) opt_out: Option<String>,
    pub(super) description: Option<String>,
    pub(super) evidence: Option<String>,
}

/// One word for all jurisdictions, or one for each.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a basis is a word, or a table from jurisdictions to words")]
pub(super) enum Basis {
    Everywhere(String),
    By(BTreeMap<String, String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suppress {
    pub(super) code: String,
    pub(super) subject: Option<String>,
    pub(super) reason: String,
    pub(super) until: String,
}
