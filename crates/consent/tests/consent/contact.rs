//! Marketing under PECR, regulations 19, 21 and 22, and the objection of Article 21 of the UK GDPR.

use upheld_consent::{
    Channel, Command, ConsentRecord, Contact, Decision, Ground, LawfulBasis, PurposeId, Reason,
    SoftOptIn, SoftOptInGap, Subscriber, TpsScreening,
};

use crate::{carry_out, day, empty, given, notice, purpose, scope, ticked};

const CUSTOMER: SoftOptIn = SoftOptIn {
    obtained_in_sale: true,
    own_similar_products: true,
    opt_out_when_collected: true,
    opt_out_in_message: true,
};

fn contact(purpose: &PurposeId, channel: Channel) -> Contact<'_> {
    Contact {
        purpose,
        channel,
        subscriber: Subscriber::Individual,
        tps: TpsScreening::NotScreened,
        soft_opt_in: None,
    }
}

fn denied(decision: Decision) -> Vec<Reason> {
    match decision {
        Decision::Denied(reasons) => reasons,
        Decision::Allowed(ground) => panic!("allowed by {ground:?}"),
    }
}

fn may(record: &ConsentRecord, contact: &Contact<'_>) -> Decision {
    record.may_contact(contact, &notice(), day(5))
}

const INTERESTS: Decision = Decision::Allowed(Ground::Basis(LawfulBasis::LegitimateInterests));

//= PECR, regulation 22(2): electronic mail to individuals needs consent
#[test]
fn electronic_mail() {
    let offers = purpose("offers");
    for channel in [Channel::Email, Channel::Sms, Channel::Push] {
        let person = contact(&offers, channel);
        let needed = Reason::ChannelNeedsConsent { channel };
        assert_eq!(denied(may(&empty(), &person)), [needed]);
        let company = Contact { subscriber: Subscriber::Corporate, ..person };
        assert_eq!(may(&empty(), &company), INTERESTS);
        let customer = Contact { soft_opt_in: Some(CUSTOMER), ..person };
        assert_eq!(may(&empty(), &customer), Decision::Allowed(Ground::SoftOptIn));
    }
}

//= PECR, regulation 22(3): a customer's address, similar products, a simple way to refuse each time
#[test]
fn all_four_conditions_of_the_soft_opt_in() {
    let offers = purpose("offers");
    let gaps = [
        (SoftOptIn { obtained_in_sale: false, ..CUSTOMER }, SoftOptInGap::NotObtainedInSale),
        (SoftOptIn { own_similar_products: false, ..CUSTOMER }, SoftOptInGap::NotSimilar),
        (SoftOptIn { opt_out_when_collected: false, ..CUSTOMER }, SoftOptInGap::NoOptOutThen),
        (SoftOptIn { opt_out_in_message: false, ..CUSTOMER }, SoftOptInGap::NoOptOutNow),
    ];
    for (customer, gap) in gaps {
        let contact = Contact { soft_opt_in: Some(customer), ..contact(&offers, Channel::Email) };
        assert_eq!(denied(may(&empty(), &contact)), [Reason::SoftOptIn(gap)]);
    }
    let nothing =
        Contact { soft_opt_in: Some(SoftOptIn::default()), ..contact(&offers, Channel::Sms) };
    assert_eq!(denied(may(&empty(), &nothing)).len(), 4);
}

//= PECR, regulation 19(2): calls by machines need consent
//= PECR, regulation 21(1): no calls to registered numbers
#[test]
fn calls_and_letters() {
    let offers = purpose("offers");
    let machine = contact(&offers, Channel::AutomatedCall);
    let company = Contact { subscriber: Subscriber::Corporate, ..machine };
    for contact in [machine, company] {
        let needed = Reason::ChannelNeedsConsent { channel: Channel::AutomatedCall };
        assert_eq!(denied(may(&empty(), &contact)), [needed]);
    }
    let live = contact(&offers, Channel::LiveCall);
    let with = |tps| may(&empty(), &Contact { tps, ..live });
    assert_eq!(with(TpsScreening::Clear), INTERESTS);
    assert_eq!(denied(with(TpsScreening::Registered)), [Reason::Registered]);
    assert_eq!(denied(with(TpsScreening::NotScreened)), [Reason::NotScreened]);
    assert_eq!(may(&empty(), &contact(&offers, Channel::Post)), INTERESTS);
}

#[test]
fn consent_is_to_one_channel() {
    let newsletter = purpose("newsletter");
    let record = given(&scope("newsletter").by(Channel::Email));
    assert!(may(&record, &contact(&newsletter, Channel::Email)).is_allowed());
    // Being registered does not matter to whoever asked to be called.
    for channel in [Channel::Sms, Channel::LiveCall, Channel::Post] {
        assert!(!may(&record, &contact(&newsletter, channel)).is_allowed());
    }
    let record = given(&scope("newsletter").by(Channel::LiveCall));
    let tps = TpsScreening::Registered;
    assert!(may(&record, &Contact { tps, ..contact(&newsletter, Channel::LiveCall) }).is_allowed());
}

//= UK GDPR, Article 21(2): a person may object to direct marketing at any time
//= UK GDPR, Article 21(3): after an objection to direct marketing, data is not used for it
#[test]
fn an_objection_beats_everything_before_it() {
    let (offers, newsletter) = (purpose("offers"), purpose("newsletter"));
    let mut record = given(&scope("newsletter").by(Channel::Email));
    let event = record.object(day(2), None).unwrap();
    record.apply(event).unwrap();
    let objected = [Reason::Objected { at: day(2) }];
    assert_eq!(denied(may(&record, &contact(&newsletter, Channel::Email))), objected);
    let customer = Contact { soft_opt_in: Some(CUSTOMER), ..contact(&offers, Channel::Email) };
    assert_eq!(denied(may(&record, &customer)), objected);
    assert_eq!(denied(may(&record, &contact(&offers, Channel::Post))), objected);
    let company = Contact { subscriber: Subscriber::Corporate, ..contact(&offers, Channel::Email) };
    assert_eq!(denied(may(&record, &company)), objected);
    // What was sent before was allowed then.
    let before = record.may_contact(&contact(&newsletter, Channel::Email), &notice(), day(1));
    assert!(before.is_allowed());
    // Messages that are no marketing go on.
    let billing = purpose("billing");
    assert!(may(&record, &contact(&billing, Channel::Email)).is_allowed());
    // Saying yes again, to one thing by one channel, is a new wish.
    let renewed = Command::Renew(ticked());
    carry_out(&mut record, &scope("newsletter").by(Channel::Email), renewed, day(3)).unwrap();
    assert!(may(&record, &contact(&newsletter, Channel::Email)).is_allowed());
    assert_eq!(denied(may(&record, &contact(&offers, Channel::Post))), objected);
}

#[test]
fn an_objection_to_one_channel() {
    let offers = purpose("offers");
    let mut record = empty();
    let event = record.object(day(2), Some(Channel::Post)).unwrap();
    record.apply(event).unwrap();
    assert!(!may(&record, &contact(&offers, Channel::Post)).is_allowed());
    let tps = TpsScreening::Clear;
    assert_eq!(may(&record, &Contact { tps, ..contact(&offers, Channel::LiveCall) }), INTERESTS);
}

#[test]
fn a_reminder_is_no_marketing() {
    let reminders = purpose("reminders");
    let record = given(&scope("reminders").by(Channel::Sms));
    assert!(may(&record, &contact(&reminders, Channel::Sms)).is_allowed());
    assert!(!may(&record, &contact(&reminders, Channel::Email)).is_allowed());
    assert_eq!(
        denied(may(&record, &contact(&purpose("x"), Channel::Sms))),
        [Reason::PurposeNotInNotice]
    );
}
