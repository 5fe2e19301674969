//! Data Privacy Vocabulary 2.3 as JSON-LD, in its profile of ISO/IEC TS 27560 for the GDPR.

use serde_json::{Map, Value, json};

use super::Receipt;
use super::iso27560::{RIGHTS, entity, processing};
use super::view::{Step, View, days, put};
use crate::moment::to_rfc3339;
use crate::term::{Term, Vocabulary, dpv};
use crate::{ConsentKind, Controller, Means, Notice, Recipient, RecipientRole, StoragePeriod};

const PROFILE: Vocabulary = Vocabulary::Profile;

//= DPV 27560 guide §8: a record of processes, each with its purpose and status
//= DPV 27560 guide §9: a receipt of a record
pub(super) fn write(receipt: &Receipt<'_>) -> Value {
    let record = receipt.dossier.record();
    let processes: Vec<_> = receipt.views.iter().map(|view| process(receipt, view)).collect();
    json!({
        "@context": context(),
        "@id": format!("urn:uuid:{}", receipt.id),
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": term(Term::new(PROFILE, "receipt-eu-gdpr")),
        "dct:identifier": receipt.id.to_string(),
        "dct:created": moment(&to_rfc3339(receipt.at)),
        "dpv:hasRecordOfActivity": {
            "@id": format!("urn:uuid:{}", record.id()),
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": term(Term::new(PROFILE, "record-eu-gdpr")),
            "dct:identifier": record.id().to_string(),
            "dpv:hasDataSubject": {
                "@id": "_:principal",
                "@type": "dpv:DataSubject",
                "dct:identifier": receipt.dossier.principal(),
            },
            // Always a list: one that is sometimes none is what readers trip over.
            "dpv:hasProcess": processes,
        },
    })
}

/// The prefixes, and nothing that would have to be fetched.
fn context() -> Value {
    let mut context = Map::new();
    for vocabulary in Vocabulary::ALL {
        context.insert(vocabulary.prefix().into(), vocabulary.namespace().into());
    }
    context.insert("dct".into(), "http://purl.org/dc/terms/".into());
    context.insert("rdf".into(), "http://www.w3.org/1999/02/22-rdf-syntax-ns#".into());
    context.insert("xsd".into(), "http://www.w3.org/2001/XMLSchema#".into());
    context.into()
}

fn process(receipt: &Receipt<'_>, view: &View<'_>) -> Value {
    let content = view.notice.content();
    let country = &content.controller.address.country;
    let mut basis = vec![view.purpose.basis().dpv()];
    basis.extend(view.purpose.condition().map(crate::SpecialCategoryCondition::dpv));
    basis.push(kind(view.grant.kind));
    let data: Vec<Term> = view.purpose.data().iter().map(|it| it.dpv()).collect();
    let mut laws = Vec::new();
    if country == "GB" {
        laws.push(Term::new(Vocabulary::LegalGb, "law-GDPR"));
        laws.push(Term::new(Vocabulary::LegalGb, "law-DPA"));
    }
    let rights = RIGHTS.iter().map(|right| {
        let mut right = term(*right);
        put(&mut right, "dpv:isExercisedAt", content.controller.email.as_str().into());
        right
    });
    json!({
        "@type": "dpv:Process",
        "dct:identifier": view.scope.to_string(),
        "dpv:hasPurpose": [{
            "@type": view.purpose.kind().dpv().to_string(),
            "dct:description": text(&view.title(), &content.language),
        }],
        "dpv:hasPersonalData": terms(&data),
        "dpv:hasProcessing": terms(&processing(view)),
        "dpv:hasDataController": controller(receipt.controller()),
        "dpv:hasRecipient": view.recipients().map(|it| recipient(view.notice, it)).collect::<Vec<_>>(),
        "dpv:hasLegalBasis": terms(&basis),
        "dpv:hasStorageCondition": storage(view),
        "dpv:hasJurisdiction": [place(country)],
        "dpv:hasApplicableLaw": terms(&laws),
        "dpv:hasNotice": [{
            "@id": format!("urn:sha256:{}", view.notice.hash()),
            "@type": "dpv:ConsentNotice",
            "dct:identifier": content.id.as_str(),
            "dct:hasVersion": content.version.to_string(),
            "dct:language": content.language,
            "dct:date": moment(&to_rfc3339(content.effective_from)),
            "dct:source": { "@id": content.controller.policy_url },
        }],
        "dpv:hasConsentControl": controls(view),
        "dpv:hasRight": rights.collect::<Vec<_>>(),
        "dpv:hasConsentStatus": view.events.iter().map(|it| status(view, it)).collect::<Vec<_>>(),
    })
}

fn controller(controller: &Controller) -> Value {
    let address = &controller.address;
    let line = [&*address.street, &address.locality, &address.postal_code, &address.country];
    let mut node = json!({
        "@id": "_:controller",
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
        "dpv:hasAddress": line.join(", "),
        "dpv:hasContact": [controller.contact, controller.email, controller.phone],
    });
    if address.country == "GB" {
        put(&mut node, "dpv:hasAuthority", term(Term::new(Vocabulary::LegalGb, "DPA-GB")));
    }
    node
}

fn recipient(notice: &Notice, recipient: &Recipient) -> Value {
    let role = match recipient.role {
        RecipientRole::Processor => "dpv:DataProcessor",
        RecipientRole::Controller => "dpv:ThirdParty",
        RecipientRole::JointController => "dpv:JointDataControllers",
    };
    json!({
        "@id": format!("_:recipient-{}-{}", notice.hash(), label(recipient.id.as_str())),
        "@type": ["dpv:Recipient", role],
        "dpv:hasName": recipient.name,
        "dpv:hasContact": recipient.contact,
    })
}

/// The name of a node without dots and underscores, and never that of another.
fn label(id: &str) -> String {
    let mut label = String::with_capacity(id.len());
    for character in id.chars() {
        match character {
            '-' => label.push_str("--"),
            '.' => label.push_str("-d"),
            '_' => label.push_str("-u"),
            other => label.push(other),
        }
    }
    label
}

fn storage(view: &View<'_>) -> Value {
    let duration = match view.purpose.storage() {
        StoragePeriod::Months(months) => json!({
            "@type": "dpv:TemporalDuration",
            "rdf:value": { "@type": "xsd:duration", "@value": format!("P{months}M") },
        }),
        StoragePeriod::Until(event) => json!({
            "@type": "dpv:UntilEventDuration",
            "rdf:value": text(event, &view.notice.content().language),
        }),
    };
    let stored_in = &view.notice.content().stored_in;
    let places: Vec<Value> = stored_in.iter().map(|country| place(country)).collect();
    json!([
        { "@type": "dpv:StorageDuration", "dpv:hasDuration": duration },
        { "@type": "dpv:StorageLocation", "dpv:hasLocation": places },
    ])
}

/// How to give and how to withdraw.
fn controls(view: &View<'_>) -> Vec<Value> {
    let content = view.notice.content();
    let ways = |means: &Means| {
        let routes = content.withdrawal.iter().filter(|route| route.means == *means);
        routes.map(|route| route.how.clone()).collect::<Vec<_>>()
    };
    let give: Vec<String> = content.given_by.iter().flat_map(ways).collect();
    let withdraw: Vec<&String> = content.withdrawal.iter().map(|route| &route.how).collect();
    vec![
        json!({ "@type": "dpv:ProvideConsent", "dpv:isExercisedAt": give }),
        json!({ "@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": withdraw }),
    ]
}

fn status(view: &View<'_>, step: &Step<'_>) -> Value {
    let who = match entity(step).as_str() {
        "principal" => json!({ "@id": "_:principal" }),
        "controller" => json!({ "@id": "_:controller" }),
        guardian => json!({
            "@type": "dpv:GuardianOfDataSubject",
            "dct:identifier": guardian.trim_start_matches("guardian: "),
        }),
    };
    let mut status = json!({
        "@type": [step.status.dpv().to_string()],
        "dpv:isIndicatedAtTime": moment(&to_rfc3339(step.at)),
        "dpv:isIndicatedBy": who,
    });
    if let Some(grant) = step.grant {
        let types = json!([step.status.dpv().to_string(), kind(grant.kind).to_string()]);
        let methods = json!([
            format!("{} ({})", grant.method.name(), grant.means.name()),
            text(&grant.statement, &view.notice.content().language),
        ]);
        let duration = json!({
            "@type": "dpv:TemporalDuration",
            "rdf:value": { "@type": "xsd:duration", "@value": days(grant.since, grant.until) },
        });
        put(&mut status, "@type", types);
        put(&mut status, "dpv:hasIndicationMethod", methods);
        put(&mut status, "dpv:hasDuration", duration);
    }
    status
}

const fn kind(kind: ConsentKind) -> Term {
    match kind {
        ConsentKind::Expressed => dpv("ExpressedConsent"),
        ConsentKind::Explicit => dpv("ExplicitlyExpressedConsent"),
    }
}

fn term(term: Term) -> Value {
    json!({ "@id": term.to_string() })
}

fn terms(terms: &[Term]) -> Vec<Value> {
    terms.iter().map(|it| term(*it)).collect()
}

fn place(country: &str) -> Value {
    json!({ "@id": format!("{}:{country}", Vocabulary::Loc.prefix()) })
}

fn moment(text: &str) -> Value {
    json!({ "@type": "xsd:dateTime", "@value": text })
}

fn text(text: &str, language: &str) -> Value {
    json!({ "@language": language, "@value": text })
}
