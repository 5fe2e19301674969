//! ISO/IEC TS 27560:2023, consent record information structure, as JSON.
//!
//! The names of fields are the standard's. Where the GDPR asks for more than the standard does
//! (lawful basis, rights, authority), it is there.

use serde_json::{Value, json};

use super::Receipt;
use super::view::{Step, View, days, put, storage};
use crate::moment::to_rfc3339;
use crate::regulator;
use crate::term::{Term, dpv, eu_gdpr};
use crate::{Change, ConsentKind, Controller, DataCategory, Recipient, RecipientRole};

/// The rights of somebody who consented: to withdraw, to be told, access, rectification, erasure,
/// restriction, portability, and to complain.
pub(super) const RIGHTS: [Term; 8] = [
    eu_gdpr("A7-3"),
    eu_gdpr("A13"),
    eu_gdpr("A15"),
    eu_gdpr("A16"),
    eu_gdpr("A17"),
    eu_gdpr("A18"),
    eu_gdpr("A20"),
    eu_gdpr("A77"),
];

/// What is done with data: collected, kept, used; disclosed if somebody else is given it.
pub(super) fn processing(view: &View<'_>) -> Vec<Term> {
    let mut processing = vec![dpv("Collect"), dpv("Store"), dpv("Use")];
    if view.third_parties().next().is_some() {
        processing.push(dpv("Disclose"));
    }
    processing
}

/// Where complaints go, for controllers in the United Kingdom.
//= UK GDPR, Article 13(2)(d): the person is told that they may complain to the Commissioner
pub(super) fn authority(country: &str) -> Option<Value> {
    (country == "GB").then(|| {
        json!({
            "party_id": "authority",
            "party_name": regulator::BODY,
            "party_role": "authority",
            "party_type": dpv("DataProtectionAuthority").to_string(),
            "party_address": regulator::COMPLAINTS,
            "party_url": regulator::COMPLAINTS,
            "party_phone": regulator::TELEPHONE_ABROAD,
            "party_contact": regulator::COMPLAINTS,
        })
    })
}

//= ISO/IEC TS 27560:2023 §6.3: header, processing, personal information, parties, events; §6.4: receipt
pub(super) fn write(receipt: &Receipt<'_>) -> Value {
    let record = receipt.dossier.record();
    let mut parties: Vec<Value> = Vec::new();
    let mut add = |party: Value| {
        if !parties.contains(&party) {
            parties.push(party);
        }
    };
    add(json!({
        "party_id": "principal",
        "party_name": receipt.dossier.principal(),
        "party_role": "pii principal",
        "party_type": dpv("DataSubject").to_string(),
        "party_address": "known to the controller",
        "party_contact": "known to the controller",
    }));
    add(controller(receipt.controller()));
    authority(&receipt.controller().address.country).into_iter().for_each(&mut add);
    for view in &receipt.views {
        view.recipients().map(recipient).for_each(&mut add);
    }
    let events = receipt
        .views
        .iter()
        .flat_map(|view| view.events.iter().map(move |step| event(view, step)).collect::<Vec<_>>());
    json!({
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": record.id().to_string(),
        "receipt_id": receipt.id.to_string(),
        "receipt_time": to_rfc3339(receipt.at),
        "pii_principal_id": receipt.dossier.principal(),
        "pii_processing": receipt.views.iter().map(process).collect::<Vec<_>>(),
        "party_identification": parties,
        "events": events.collect::<Vec<_>>(),
    })
}

//= ISO/IEC TS 27560:2023 §6.3.4: notice, language, purposes, controllers, storage, withdrawal
fn process(view: &View<'_>) -> Value {
    let content = view.notice.content();
    let country = &content.controller.address.country;
    let pii: Vec<Value> = view.purpose.data().iter().map(|it| pii(*it)).collect();
    let recipients: Vec<_> = view.recipients().map(|it| it.id.as_str()).collect();
    let withdrawal = content.withdrawal.iter();
    let withdrawal: Vec<_> =
        withdrawal.map(|it| json!({ "means": it.means.name(), "how": it.how })).collect();
    let terms = |terms: &[Term]| terms.iter().map(Term::to_string).collect::<Vec<_>>();
    let mut basis = vec![view.purpose.basis().dpv()];
    basis.extend(view.purpose.condition().map(crate::SpecialCategoryCondition::dpv));
    let mut purpose = json!({
        "purpose": view.title(),
        "purpose_type": view.purpose.kind().dpv().to_string(),
        "lawful_basis": terms(&basis),
        "pii_information": pii,
        "pii_controllers": ["controller"],
        "collection_method":
            format!("{} ({})", view.grant.method.name(), view.grant.means.name()),
        "processing_method": terms(&processing(view)),
        "storage_locations": content.stored_in,
        "retention_period": storage(view.purpose.storage()),
        "processing_locations": content.stored_in,
        "service": content.controller.name,
        "jurisdiction": [country],
        "recipient_third_parties": recipients,
        "withdrawal_method": withdrawal,
        "privacy_rights": terms(&RIGHTS),
    });
    if authority(country).is_some() {
        put(&mut purpose, "authority_party", "authority".into());
    }
    json!({
        "process_id": view.scope.to_string(),
        "privacy_notice": {
            "url": content.controller.policy_url,
            "id": content.id.as_str(),
            "version": content.version,
            "sha256": view.notice.hash().to_string(),
        },
        "language": content.language,
        "purposes": [purpose],
    })
}

//= ISO/IEC TS 27560:2023 §6.3.5: the type of each piece of personal information, and whether it is special
fn pii(category: DataCategory) -> Value {
    let mut pii = json!({
        "pii_type": category.dpv().to_string(),
        "pii_attribute_id": category.name(),
        "pii_optional": true,
        "sensitive_pii_category": category.is_special(),
    });
    if category.is_special() {
        put(
            &mut pii,
            "special_pii_category",
            dpv("SpecialCategoryPersonalData").to_string().into(),
        );
    }
    pii
}

//= ISO/IEC TS 27560:2023 §6.3.6: identifier, name, address, contact and type of each party
fn controller(controller: &Controller) -> Value {
    let address = &controller.address;
    let line = [&*address.street, &address.locality, &address.postal_code, &address.country];
    json!({
        "party_id": "controller",
        "party_name": controller.name,
        "party_role": "pii controller",
        "party_type": dpv("DataController").to_string(),
        "party_address": line.join(", "),
        "party_email": controller.email,
        "party_phone": controller.phone,
        "party_url": controller.policy_url,
        "party_contact": controller.contact,
    })
}

fn recipient(recipient: &Recipient) -> Value {
    let kind = match recipient.role {
        RecipientRole::Processor => dpv("DataProcessor"),
        RecipientRole::Controller => dpv("ThirdParty"),
        RecipientRole::JointController => dpv("JointDataControllers"),
    };
    json!({
        "party_id": recipient.id.as_str(),
        "party_name": recipient.name,
        "party_role": recipient.role.name(),
        "party_type": kind.to_string(),
        "party_address": recipient.contact,
        "party_contact": recipient.contact,
    })
}

//= ISO/IEC TS 27560:2023 §6.3.7: time, validity, entity, type and state of each event
fn event(view: &View<'_>, step: &Step<'_>) -> Value {
    let grant = step.grant.unwrap_or(view.grant);
    let kind = match grant.kind {
        ConsentKind::Expressed => dpv("ExpressedConsent"),
        ConsentKind::Explicit => dpv("ExplicitlyExpressedConsent"),
    };
    json!({
        "process_id": view.scope.to_string(),
        "event_time": to_rfc3339(step.at),
        "validity_duration": step.grant.map_or("P0D".into(), |it| days(it.since, it.until)),
        "entity_id": entity(step),
        "event_type": kind.to_string(),
        "event_state": step.status.dpv().to_string(),
    })
}

/// Who did it.
pub(super) fn entity(step: &Step<'_>) -> String {
    match step.change {
        Change::Given(grant) | Change::Renewed(grant) => match &grant.guardian {
            Some(guardian) => format!("guardian: {}", guardian.reference),
            None => "principal".into(),
        },
        Change::Refused | Change::Deferred | Change::Withdrawn { .. } => "principal".into(),
        Change::Requested { .. }
        | Change::Expired
        | Change::Invalidated { .. }
        | Change::Revoked
        | Change::NoticeSuperseded { .. }
        | Change::SubjectReachedAge => "controller".into(),
    }
}
