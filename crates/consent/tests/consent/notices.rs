//! Notices: what they must say, what binds a consent to them, and what a new version changes.

use upheld_consent::{
    DataCategory, Means, Notice, NoticeChange, NoticeDraft, NoticeError, Purpose, PurposeDraft,
    PurposeId, RecipientRole, TextError,
};

use crate::{NOTICE, next_notice, notice, purpose, recipient};

fn refused(change: impl FnOnce(&mut NoticeDraft)) -> NoticeError {
    let mut draft: NoticeDraft = serde_json::from_str(NOTICE).unwrap();
    change(&mut draft);
    Notice::new(draft).unwrap_err()
}

/// Computed by `python3 -c 'import json,hashlib; print(hashlib.sha256(json.dumps(json.load(
/// open("notice.json")), sort_keys=True, separators=(",",":")).encode()).hexdigest())'`, which is
/// RFC 8785 for text in ASCII and integers, after the empty `recipients` were added and `data` put
/// in order.
#[test]
fn the_hash_is_that_of_another_implementation() {
    let found = notice();
    assert_eq!(
        found.hash().to_string(),
        "ac32d3d090aefc5275bfdce37251eaaeca7ee422b4be381d7c1825a4e97e39b3"
    );
    assert_eq!(found.reference().hash, found.hash());
    assert!(found.canonical().starts_with(r#"{"controller":{"address":{"country":"GB""#));
}

#[test]
fn any_other_word_has_another_hash() {
    let changed = next_notice(|draft| {
        draft.version -= 1;
        draft.controller.phone.push('1');
    });
    assert_ne!(changed.hash(), notice().hash());
}

#[test]
fn order_does_not_matter_and_what_is_read_back_is_the_same() {
    let reversed = next_notice(|draft| {
        draft.version -= 1;
        draft.purposes.reverse();
        draft.recipients.reverse();
    });
    assert_eq!(reversed, notice());
    let read: Notice = serde_json::from_str(notice().canonical()).unwrap();
    assert_eq!(read, notice());
    assert!(
        serde_json::from_str::<Notice>(&NOTICE.replace("\"version\": 3", "\"version\": 0"))
            .is_err()
    );
}

#[test]
fn what_a_notice_must_say() {
    let field = "the controller's name";
    assert_eq!(refused(|it| it.controller.name.clear()), TextError::Blank { field }.into());
    assert_eq!(
        refused(|it| it.controller.address.country = "UK ".into()),
        TextError::Country.into()
    );
    assert_eq!(refused(|it| it.controller.policy_url = "http://x".into()), TextError::Url.into());
    assert_eq!(refused(|it| it.version = 0), NoticeError::Version);
    assert_eq!(refused(|it| it.purposes.clear()), NoticeError::Number);
    assert_eq!(refused(|it| it.stored_in.clear()), NoticeError::StoredIn);
    assert_eq!(refused(|it| it.refresh_months = 0), NoticeError::Refresh { months: 0 });
    assert_eq!(refused(|it| it.refresh_months = 121), NoticeError::Refresh { months: 121 });
    for language in ["", "e", "en_GB", "-en", "en-", "en-ninechars"] {
        assert_eq!(refused(|it| it.language = language.into()), NoticeError::Language);
    }
    let twice = refused(|it| it.purposes.push(it.purposes[0].clone()));
    assert_eq!(twice, NoticeError::PurposeTwice { purpose: purpose("billing") });
    let twice = refused(|it| it.recipients.push(it.recipients[0].clone()));
    assert_eq!(twice, NoticeError::RecipientTwice { recipient: recipient("mailer") });
}

//= UK GDPR, Article 13(1)(e): the person is told who is given the data
#[test]
fn recipients_are_named() {
    let unnamed = refused(|it| it.recipients.retain(|one| one.id != recipient("university")));
    let (purpose, recipient) = (purpose("study"), recipient("university"));
    assert_eq!(unnamed, NoticeError::RecipientNotNamed { purpose, recipient });
    let field = "a recipient's name";
    assert_eq!(refused(|it| it.recipients[0].name.clear()), TextError::Blank { field }.into());
}

//= UK GDPR, Article 7(3): withdrawing is as easy as giving, and the person is told how beforehand
#[test]
fn what_is_given_by_a_means_is_withdrawn_by_it() {
    let missing = refused(|it| it.withdrawal.retain(|route| route.means != Means::InPerson));
    assert_eq!(missing, NoticeError::NoWayToWithdraw { means: Means::InPerson });
    assert_eq!(refused(|it| it.given_by.clear()), NoticeError::NoWayToGive);
    // A notice that asks for nothing needs no way to answer.
    let silent = next_notice(|it| {
        it.purposes.retain(|purpose| !purpose.needs_consent());
        it.given_by.clear();
        it.withdrawal.clear();
    });
    assert_eq!(silent.content().purposes.len(), 2);
}

//= UK GDPR, Article 4(11): consent is informed, and does not reach what was not told
#[test]
fn what_a_new_version_changes() {
    let older = notice();
    let newsletter = purpose("newsletter");
    let with = |change: &dyn Fn(&mut PurposeDraft)| {
        next_notice(|draft| {
            for purpose in &mut draft.purposes {
                if *purpose.id() == newsletter {
                    let mut draft = purpose.clone().into_draft();
                    change(&mut draft);
                    *purpose = Purpose::new(draft).unwrap();
                }
            }
        })
    };
    let minor = |newer: &Notice| older.change(newer, &newsletter) == NoticeChange::Minor;
    assert!(minor(&next_notice(|_| ())));
    assert!(minor(&next_notice(|it| it.controller.phone = "+44 1".into())));
    assert!(minor(&with(&|it| it.data.retain(|data| *data != DataCategory::Name))));
    assert!(minor(&with(&|it| it.recipients.clear())));
    assert!(!minor(&next_notice(|it| it.controller.name = "Southside Clinic".into())));
    assert!(!minor(&with(&|it| it.data.push(DataCategory::Device))));
    assert!(!minor(&with(&|it| it.recipients.push(recipient("university")))));
    assert!(!minor(&with(&|it| it.description = "We send you much.".into())));
    assert!(!minor(&with(&|it| it.id = PurposeId::parse("other").unwrap())));
    assert!(!minor(&next_notice(|it| it.recipients[0].name = "Somebody Else Ltd".into())));
    assert!(!minor(&next_notice(|it| it.recipients[0].role = RecipientRole::Controller)));
    // What changes for one purpose changes nothing for another.
    let study = with(&|it| it.data.push(DataCategory::Device));
    assert_eq!(older.change(&study, &purpose("study")), NoticeChange::Minor);
    // A translation of the same version has other words for the same. Of another version it may say
    // anything.
    let welsh = |version| {
        next_notice(|draft| {
            draft.version = version;
            draft.language = "cy".into();
            let mut other = draft.purposes[1].clone().into_draft();
            other.description = "Anfonwn ein cylchlythyr atoch.".into();
            draft.purposes[1] = Purpose::new(other).unwrap();
        })
    };
    let version = older.content().version;
    assert!(minor(&welsh(version)));
    assert!(!minor(&welsh(version + 1)));
}
