//! A TC string as JSON.

use std::ops::RangeInclusive;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use upheld_cookies::UnixSeconds;
use upheld_cookies::tcf::{
    Numbers, PublisherTc, Restriction, Segment, TcModel, TcString, VendorIds,
};

/// The fields of a TC string; moments are tenths of a second since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TcJson {
    created: u64,
    updated: u64,
    cmp_id: u16,
    cmp_version: u16,
    consent_screen: u16,
    language: String,
    vendor_list_version: u16,
    policy_version: u16,
    is_service_specific: bool,
    uses_non_standard_texts: bool,
    special_feature_opt_ins: Vec<u8>,
    purposes_consent: Vec<u8>,
    purposes_interest: Vec<u8>,
    purpose_one_treatment: bool,
    publisher_country: String,
    vendor_consents: VendorsJson,
    vendor_interests: VendorsJson,
    #[serde(default)]
    restrictions: Vec<RestrictionJson>,
    #[serde(default)]
    segments: Vec<SegmentJson>,
    /// Why not to rely on it.
    #[serde(default)]
    faults: Vec<String>,
}

/// Vendors and ranges of vendors.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VendorsJson {
    #[serde(default)]
    max: u16,
    vendors: Vec<VendorJson>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum VendorJson {
    One(u16),
    Range(u16, u16),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RestrictionJson {
    purpose: u16,
    kind: u16,
    vendors: Vec<VendorJson>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SegmentJson {
    DisclosedVendors(VendorsJson),
    AllowedVendors(VendorsJson),
    PublisherTc {
        purposes_consent: Vec<u8>,
        purposes_interest: Vec<u8>,
        custom_purposes: u16,
        custom_consent: Vec<u8>,
        custom_interest: Vec<u8>,
    },
}

impl TcJson {
    pub(super) fn of(tc: &TcString<'_>, now: UnixSeconds) -> Self {
        let model = TcModel::from(*tc);
        Self {
            created: model.created,
            updated: model.updated,
            cmp_id: model.cmp_id,
            cmp_version: model.cmp_version,
            consent_screen: model.consent_screen,
            language: model.language,
            vendor_list_version: model.vendor_list_version,
            policy_version: model.policy_version,
            is_service_specific: model.is_service_specific,
            uses_non_standard_texts: model.uses_non_standard_texts,
            special_feature_opt_ins: model.special_feature_opt_ins.iter().collect(),
            purposes_consent: model.purposes_consent.iter().collect(),
            purposes_interest: model.purposes_interest.iter().collect(),
            purpose_one_treatment: model.purpose_one_treatment,
            publisher_country: model.publisher_country,
            vendor_consents: VendorsJson::of(&model.vendor_consents),
            vendor_interests: VendorsJson::of(&model.vendor_interests),
            restrictions: model.restrictions.iter().map(RestrictionJson::of).collect(),
            segments: model.segments.iter().map(SegmentJson::of).collect(),
            faults: tc.faults(now).iter().map(ToString::to_string).collect(),
        }
    }
}

impl TryFrom<TcJson> for TcModel {
    type Error = anyhow::Error;

    fn try_from(json: TcJson) -> Result<Self> {
        Ok(Self {
            created: json.created,
            updated: json.updated,
            cmp_id: json.cmp_id,
            cmp_version: json.cmp_version,
            consent_screen: json.consent_screen,
            language: json.language,
            vendor_list_version: json.vendor_list_version,
            policy_version: json.policy_version,
            is_service_specific: json.is_service_specific,
            uses_non_standard_texts: json.uses_non_standard_texts,
            special_feature_opt_ins: numbers(&json.special_feature_opt_ins)?,
            purposes_consent: numbers(&json.purposes_consent)?,
            purposes_interest: numbers(&json.purposes_interest)?,
            purpose_one_treatment: json.purpose_one_treatment,
            publisher_country: json.publisher_country,
            vendor_consents: json.vendor_consents.into(),
            vendor_interests: json.vendor_interests.into(),
            restrictions: json.restrictions.into_iter().map(Restriction::from).collect(),
            segments: json.segments.into_iter().map(segment).collect::<Result<_>>()?,
        })
    }
}

fn numbers(list: &[u8]) -> Result<Numbers> {
    let numbers = Numbers::of(list);
    ensure!(list.iter().all(|number| numbers.contains(*number)), "numbers are from 1 to 63");
    Ok(numbers)
}

fn vendors(ranges: &[RangeInclusive<u16>]) -> Vec<VendorJson> {
    let vendor = |range: &RangeInclusive<u16>| match (*range.start(), *range.end()) {
        (start, end) if start == end => VendorJson::One(start),
        (start, end) => VendorJson::Range(start, end),
    };
    ranges.iter().map(vendor).collect()
}

fn ids(vendors: Vec<VendorJson>) -> VendorIds {
    VendorIds::of_ranges(vendors.into_iter().map(|vendor| match vendor {
        VendorJson::One(vendor) => vendor..=vendor,
        VendorJson::Range(start, end) => start..=end,
    }))
}

impl VendorsJson {
    fn of(ids: &VendorIds) -> Self {
        Self { max: ids.max(), vendors: vendors(ids.ranges()) }
    }
}

impl From<VendorsJson> for VendorIds {
    fn from(json: VendorsJson) -> Self {
        ids(json.vendors).up_to(json.max)
    }
}

impl RestrictionJson {
    fn of(restriction: &Restriction) -> Self {
        let Restriction { purpose, kind, vendors: ids } = restriction;
        Self { purpose: *purpose, kind: *kind, vendors: vendors(ids.ranges()) }
    }
}

impl From<RestrictionJson> for Restriction {
    fn from(json: RestrictionJson) -> Self {
        Self { purpose: json.purpose, kind: json.kind, vendors: ids(json.vendors) }
    }
}

impl SegmentJson {
    fn of(segment: &Segment) -> Self {
        match segment {
            Segment::DisclosedVendors(ids) => Self::DisclosedVendors(VendorsJson::of(ids)),
            Segment::AllowedVendors(ids) => Self::AllowedVendors(VendorsJson::of(ids)),
            Segment::PublisherTc(publisher) => Self::PublisherTc {
                purposes_consent: publisher.purposes_consent.iter().collect(),
                purposes_interest: publisher.purposes_interest.iter().collect(),
                custom_purposes: publisher.custom_purposes,
                custom_consent: publisher.custom_consent.iter().collect(),
                custom_interest: publisher.custom_interest.iter().collect(),
            },
        }
    }
}

fn segment(json: SegmentJson) -> Result<Segment> {
    Ok(match json {
        SegmentJson::DisclosedVendors(vendors) => Segment::DisclosedVendors(vendors.into()),
        SegmentJson::AllowedVendors(vendors) => Segment::AllowedVendors(vendors.into()),
        SegmentJson::PublisherTc {
            purposes_consent,
            purposes_interest,
            custom_purposes,
            custom_consent,
            custom_interest,
        } => Segment::PublisherTc(PublisherTc {
            purposes_consent: numbers(&purposes_consent)?,
            purposes_interest: numbers(&purposes_interest)?,
            custom_purposes,
            custom_consent: numbers(&custom_consent)?,
            custom_interest: numbers(&custom_interest)?,
        }),
    })
}
