//! Kantara Initiative, Consent Receipt Specification, version 1.1.0.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Receipt;
use super::view::{View, put};
use crate::{Controller, DataCategory, Necessity, PurposeKind};

/// Writes the consents that stand.
//= Kantara CR 1.1.0 §6: version, jurisdiction, timestamp in seconds, method, identifier, principal
pub(super) fn write(receipt: &Receipt<'_>) -> Value {
    let standing: Vec<&View<'_>> = receipt.views.iter().filter(|view| view.stands()).collect();
    let latest = &receipt.latest;
    let data = standing.iter().flat_map(|view| view.purpose.data());
    let special: BTreeSet<&str> =
        data.filter(|it| it.is_special()).map(|it| category(*it)).collect();
    let controller = receipt.controller();
    let purposes: Vec<Value> = standing.iter().map(|view| purpose(view)).collect();
    json!({
        "version": "KI-CR-v1.1.0",
        "jurisdiction": controller.address.country,
        "consentTimestamp": latest.grant.since.get() / 1_000,
        "collectionMethod": format!("{} ({})", latest.grant.method.name(), latest.grant.means.name()),
        "consentReceiptID": receipt.id.to_string(),
        "language": latest.notice.content().language,
        "piiPrincipalId": receipt.dossier.principal(),
        "piiControllers": [party(controller)],
        "policyUrl": controller.policy_url,
        "services": [{ "service": controller.name, "purposes": purposes }],
        "sensitive": !special.is_empty(),
        "spiCat": special,
    })
}

//= Kantara CR 1.1.0 §6: a controller has a contact, a postal address, an e-mail address and a number
fn party(controller: &Controller) -> Value {
    let address = &controller.address;
    json!({
        "piiController": controller.name,
        "onBehalf": false,
        "contact": controller.contact,
        "address": {
            "streetAddress": address.street,
            "addressLocality": address.locality,
            "postalCode": address.postal_code,
            "addressCountry": address.country,
        },
        "email": controller.email,
        "phone": controller.phone,
        "piiControllerUrl": controller.policy_url,
    })
}

//= Kantara CR 1.1.0 §6: a third party is named if and only if data is disclosed to one
fn purpose(view: &View<'_>) -> Value {
    let data: BTreeSet<&str> = view.purpose.data().iter().map(|it| category(*it)).collect();
    let third_parties: Vec<&str> = view.third_parties().map(|it| it.name.as_str()).collect();
    let mut purpose = json!({
        "purpose": view.title(),
        "purposeCategory": [purpose_category(view)],
        // Whatever the law calls it, somebody did something: there is no implicit consent here.
        "consentType": "EXPLICIT",
        "piiCategory": data,
        "primaryPurpose": view.purpose.necessity() == Necessity::RequiredForService,
        "termination": view.termination(),
        "thirdPartyDisclosure": !third_parties.is_empty(),
    });
    if !third_parties.is_empty() {
        put(&mut purpose, "thirdPartyName", third_parties.join(", ").into());
    }
    purpose
}

/// A purpose as appendix A of the specification numbers them.
fn purpose_category(view: &View<'_>) -> &'static str {
    let is_shared = view.scope.recipient.is_some();
    match view.purpose.kind() {
        PurposeKind::DirectMarketing | PurposeKind::TargetedAdvertising if is_shared => {
            "9 - Sharing for Marketing"
        }
        _ if is_shared => "11 - 3rd Party Sharing for Others",
        PurposeKind::Presentation | PurposeKind::Interaction | PurposeKind::Search => {
            "1 - Core Function"
        }
        PurposeKind::RequestedService | PurposeKind::Contract | PurposeKind::Payment => {
            "2 - Contracted Service"
        }
        PurposeKind::Communication | PurposeKind::Other => "4 - Contact Requested",
        PurposeKind::Personalisation => "5 - Personalize Experience",
        PurposeKind::DirectMarketing => "6 - Marketing",
        PurposeKind::TargetedAdvertising => "7 - Marketing Third Parties",
        PurposeKind::LegalCompliance => "12 - Legally Required Data Retention",
        PurposeKind::Care => "14 - Protecting Your Health",
        PurposeKind::Security => "15 - Protecting Our Interests",
        PurposeKind::Improvement | PurposeKind::Research => "16 - Improve Performance",
    }
}

/// A category as appendix A of the specification numbers them.
const fn category(category: DataCategory) -> &'static str {
    match category {
        DataCategory::Name
        | DataCategory::BirthDate
        | DataCategory::Employer
        | DataCategory::JobTitle
        | DataCategory::BusinessActivity => "1 - Biographical",
        DataCategory::PostalAddress
        | DataCategory::EmailAddress
        | DataCategory::TelephoneNumber => "2 - Contact",
        DataCategory::Correspondence
        | DataCategory::SurveyResponse
        | DataCategory::InteractiveContent => "4 - Communications/Social",
        DataCategory::Username
        | DataCategory::Authentication
        | DataCategory::IpAddress
        | DataCategory::Device
        | DataCategory::CookieIdentifier => "5 - Network/Service",
        DataCategory::HealthRecord => "6 - Health",
        DataCategory::Transaction | DataCategory::Payment => "7 - Financial",
        DataCategory::Preference | DataCategory::BrowsingActivity | DataCategory::SearchQuery => {
            "15 - Behavioral"
        }
    }
}
