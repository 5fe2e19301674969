//! Letters say what the law wants in them, whatever people wrote, and cite what exists.

use std::collections::BTreeSet;

use upheld_consent::letter::{self, Envelope, Letter, LetterError};
use upheld_consent::request::{
    Ask, Channel, Choice, Command, Complaint, ComplaintCommand, ComplaintEvent, ComplaintOutcome,
    Context, ControllerStatus, Done, Element, Exemption, ExtensionGround, Ground, Outcome,
    Requester, Stage, decide_complaint,
};
use upheld_consent::{Calendar, Division, Provision};

use crate::desk::{Desk, before_refusal, done, erasure, fee, fulfilled, lapsed, receipt, respond};
use crate::office::Office;
use crate::refusal::grounds;
use crate::{date, name, text};

const ARTICLES: &str = include_str!("../vectors/articles.txt");

type Written = Result<Letter, LetterError>;

fn with(act: impl FnOnce(&Envelope<'_>) -> Written) -> Written {
    act(&Office::new().envelope(date("2026-06-05")))
}

fn answered(ask: Ask, outcome: Outcome) -> Letter {
    let none = Ground::NotPortable(text("none"));
    let ground = outcome.refused().first().unwrap_or(&none).clone();
    let desk = lapsed(ask, &ground).unwrap_or_else(|| {
        let mut desk = before_refusal(ask, &ground);
        desk.must("2026-06-05", respond(outcome));
        desk
    });
    with(|envelope| letter::answer(desk.request(), envelope)).unwrap()
}

fn complaint(outcome: Option<ComplaintOutcome>) -> Complaint {
    let (by, calendar) = (name("dpo"), Calendar::of(Division::EnglandAndWales));
    let (at, controller) = (date("2026-07-01"), ControllerStatus::Other);
    let context = Context { at, today: at, by: &by, calendar: &calendar, controller };
    let (channel, about) = (Channel::Form, text("a page is missing"));
    let receive = ComplaintCommand::Receive { channel, about, request: None };
    let mut complaint =
        Complaint::replay([&decide_complaint(None, receive, &context).unwrap()]).unwrap();
    if let Some(outcome) = outcome {
        let enquiries = text("we asked the records office");
        let decide = ComplaintCommand::Decide { enquiries, outcome };
        let event = decide_complaint(Some(&complaint), decide, &context).unwrap();
        complaint = complaint.apply(&event).unwrap();
    }
    complaint
}

/// Every letter there is, one of each sort at least, with what sort it is.
fn letters() -> Vec<(&'static str, Letter)> {
    let mut letters = Vec::new();
    let mut add = |sort, written: Written| letters.push((sort, written.unwrap()));
    let at = "2026-06-03";
    for ask in Ask::ALL {
        let desk = Desk::with(ask);
        add("acknowledgement", with(|e| letter::acknowledgement(desk.request(), e)));
    }
    let mut desk = Desk::with(Ask::Access);
    desk.must(at, Command::RequestIdentity { doubt: text("the address is new to us") });
    add("question", with(|e| letter::identity_request(desk.request(), &text("a new address"), e)));
    add("acknowledgement", with(|e| letter::acknowledgement(desk.request(), e)));
    let mut desk = Desk::new();
    let mut represented = receipt(Ask::Access);
    represented.requester = Requester::Representative;
    desk.must("2026-06-01", Command::Receive(represented));
    desk.must(at, Command::RequestAuthority);
    add("question", with(|e| letter::authority_request(desk.request(), e)));
    let mut desk = Desk::with(Ask::Access);
    desk.must(at, Command::ChargeFee(fee()));
    add("fee", with(|e| letter::fee_notice(desk.request(), e)));
    let mut desk = Desk::with(Ask::Access);
    desk.must(at, Command::Accept);
    desk.must(at, Command::AskClarification { question: text("which years?") });
    add("clarification", with(|e| letter::clarification(desk.request(), &text("which years?"), e)));
    add("acknowledgement", with(|e| letter::acknowledgement(desk.request(), e)));
    for ground in [ExtensionGround::Complexity, ExtensionGround::Number] {
        let mut desk = Desk::with(Ask::Erasure);
        desk.must(at, Command::Extend { ground, reasons: text("nine sources") });
        add("extension", with(|e| letter::extension(desk.request(), e)));
    }
    let mut desk = Desk::with(Ask::Erasure);
    desk.must(at, Command::Accept);
    desk.must(at, Command::RequireAccountDeletion { why: text("the log-in is the address") });
    add("choice", with(|e| letter::account_choice(desk.request(), e)));
    desk.must(at, Command::Choose(Choice::DeleteAccount));
    desk.must(at, respond(Outcome::Fulfilled(Done::Erasure(erasure(true)))));
    add("completion", with(|e| letter::answer(desk.request(), e)));
    for recipient in ["Mailer Ltd", "Archive of the Web"] {
        let recipient = name(recipient);
        add("notice", with(|e| letter::recipient_notice(desk.request(), &recipient, e)));
    }
    for ask in [Ask::Rectification, Ask::Restriction, Ask::ConsentWithdrawal] {
        let mut desk = Desk::with(ask);
        desk.must(at, Command::Accept);
        desk.must(at, fulfilled(ask));
        let recipient = name("Mailer Ltd");
        add("notice", with(|e| letter::recipient_notice(desk.request(), &recipient, e)));
        if ask == Ask::Restriction {
            let (on, why) = (date("2026-07-01"), text("the note is verified"));
            add("lifting", with(|e| letter::restriction_lifting(desk.request(), on, &why, e)));
        }
    }
    for ask in Ask::ALL {
        add("completion", Ok(answered(ask, Outcome::Fulfilled(done(ask)))));
        for ground in grounds() {
            if !ground.limits(ask) || ground.is_against_others() {
                continue;
            }
            add("refusal", Ok(answered(ask, Outcome::Refused(vec![ground.clone()]))));
            if lapsed(ask, &ground).is_some() {
                continue;
            }
            let partial = Outcome::Partial { done: done(ask), refused: vec![ground] };
            add("refusal", Ok(answered(ask, partial)));
        }
    }
    let searched = text("records and mail");
    add("nothing", Ok(answered(Ask::Access, Outcome::NothingHeld { searched })));
    let (remedy, reasons) = (text("an apology"), text("the page was sent on 3 May"));
    for outcome in [
        ComplaintOutcome::Upheld { remedy: remedy.clone() },
        ComplaintOutcome::PartlyUpheld { remedy, reasons: reasons.clone() },
        ComplaintOutcome::NotUpheld { reasons },
    ] {
        add("outcome", with(|e| letter::complaint_outcome(&complaint(Some(outcome)), e)));
    }
    add("complaint", with(|e| Ok(letter::complaint_acknowledgement(&complaint(None), e))));
    let told = text("the records office answers on Monday");
    add("progress", with(|e| Ok(letter::complaint_progress(&complaint(None), &told, e))));
    letters
}

fn exists(provision: Provision) -> bool {
    let row = format!("{:?} | {}", provision.instrument(), provision.clause());
    let is_guidance = provision.instrument() == upheld_consent::Instrument::Ico;
    is_guidance || ARTICLES.lines().any(|line| line == row)
}

#[test]
fn every_provision_that_is_cited_exists() {
    let mut cited: BTreeSet<String> = BTreeSet::new();
    let of_letters: Vec<Provision> =
        letters().iter().flat_map(|(_, letter)| letter.provisions().to_vec()).collect();
    let of_grounds = grounds().into_iter().map(|ground| ground.provision());
    let of_elements = Element::ALL.into_iter().map(Element::provision);
    let of_exemptions = Exemption::ALL.into_iter().map(Exemption::provision);
    for provision in
        of_letters.into_iter().chain(of_grounds).chain(of_elements).chain(of_exemptions)
    {
        assert!(exists(provision), "{provision} is in no text of law");
        cited.insert(provision.to_string());
    }
    assert!(cited.len() > 85, "{}", cited.len());
    // The list is that of the source, and not of what is cited.
    assert_eq!(ARTICLES.lines().filter(|line| !line.starts_with('#')).count(), COUNT);
}

/// The rows of the source's list.
const COUNT: usize = 201;

/// Whatever the ground: which it is, and the three ways that are open.
//= UK GDPR, Article 12(4): the person is told of both complaints and of the judicial remedy
#[test]
fn every_refusal_says_why_and_what_is_open() {
    let letters = letters();
    let refusals: Vec<_> = letters.iter().filter(|(sort, _)| *sort == "refusal").collect();
    assert!(refusals.len() > 260, "{}", refusals.len());
    for (_, letter) in refusals {
        let said = letter.to_text().split_whitespace().collect::<Vec<_>>().join(" ");
        for wanted in [
            "You may complain to us: the form at https://riverside.example/complaints, or by letter. (DPA 2018 s.164A)",
            "You may complain to the Information Commissioner, or the Information Commission, which takes over from the Commissioner: https://ico.org.uk/make-a-complaint/; telephone 0303 123 1113.",
            "(DPA 2018 s.165)",
            "You may ask a court to order us to comply. (DPA 2018 s.167)",
        ] {
            assert!(said.contains(wanted), "{said}");
        }
    }
    for ask in Ask::ALL {
        for ground in grounds() {
            if !ground.limits(ask) || ground.is_against_others() {
                continue;
            }
            let letter = answered(ask, Outcome::Refused(vec![ground.clone()]));
            assert!(letter.provisions().contains(&ground.provision()));
            assert!(letter.to_html().contains(ground.provision().clause()));
        }
    }
}

/// The evidence for an exemption would give away what it protects: the letter has the ground alone.
#[test]
fn what_is_protected_is_not_given_away() {
    let secret = "the informant lives at number 9";
    for ground in [
        Ground::Exempt { exemption: Exemption::CrimeAndTaxation, because: text(secret) },
        Ground::SeriousHarm { opinion: None, because: text(secret) },
        Ground::RightsOfOthers(upheld_consent::request::OthersTest {
            other: upheld_consent::request::Other::Anyone,
            consent: text(secret),
            weighed: text(secret),
        }),
    ] {
        let letter = answered(Ask::Access, Outcome::Refused(vec![ground]));
        assert!(!letter.to_text().contains("informant"));
        assert!(!letter.to_html().contains("informant"));
    }
    let mut desk = Desk::with(Ask::Erasure);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", fulfilled(Ask::Erasure));
    let mailer = name("Mailer Ltd");
    let notice = with(|e| letter::recipient_notice(desk.request(), &mailer, e)).unwrap();
    assert!(
        !notice.to_text().contains("request that"),
        "the recipient is told of data, not of a case"
    );
}

//= UK GDPR, Article 15(1): an answer states purposes, categories, recipients, storage, rights, sources and automated decisions
#[test]
fn an_answer_to_an_access_request_states_each_point() {
    let letter = answered(Ask::Access, Outcome::Fulfilled(done(Ask::Access)));
    for point in [
        "15(1)(a)",
        "15(1)(b)",
        "15(1)(c)",
        "15(1)(d)",
        "15(1)(e)",
        "15(1)(ea)",
        "15(1)(f)",
        "15(1)(g)",
        "15(1)(h)",
        "15(2)",
        "15(3)",
    ] {
        assert!(letter.provisions().iter().any(|cited| cited.clause() == point), "{point}");
    }
    let said = letter.to_text();
    for words in [
        "to care for you",
        "your clinical record",
        "Nobody.",
        "eight years from your last visit",
        "From you alone.",
        "There are none.",
    ] {
        assert!(said.contains(words), "{words}");
    }
}

//= UK GDPR, Article 19: the person is told who the recipients are
#[test]
fn an_erasure_says_what_may_be_left() {
    let letter = answered(Ask::Erasure, Outcome::Fulfilled(Done::Erasure(erasure(false))));
    let said = letter.to_text();
    for words in [
        "WHAT MAY BE LEFT",
        "- in caches: search engines may show the page for some weeks",
        "- with other people, who may have copied or stored it: members may have",
        "- in backups, until 1 August 2026;",
        "Your account is kept.",
        "- Mailer Ltd",
        "- Archive of the Web",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
}

#[test]
fn a_letter_reads_like_this() {
    let mut desk = Desk::with(Ask::Rectification);
    desk.must("2026-06-02", Command::Accept);
    let ground = grounds().into_iter().find(|ground| {
        matches!(
            ground,
            Ground::Rectification {
                refusal: upheld_consent::request::RectificationRefusal::WouldBeInaccurate { .. },
                ..
            }
        )
    });
    desk.must("2026-06-05", respond(Outcome::Refused(vec![ground.unwrap()])));
    let letter = with(|e| letter::answer(desk.request(), e)).unwrap();
    assert_eq!(letter.to_text(), include_str!("../vectors/letter.txt"));
    assert_eq!(letter.to_html(), include_str!("../vectors/letter.html"));
    assert_eq!(letter.subject(), "We have not done what you asked for");
}

/// Whatever people write stays what they wrote: no mark-up, no second line of a header, no text that
/// runs the other way.
#[test]
fn what_people_write_is_escaped() {
    let evil = "<script>alert('x')</script> & \"<b>\u{202e}gnp.exe";
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::RequestIdentity { doubt: text(evil) });
    let mut office = Office::new();
    office.addressee = name(evil);
    office.controller.name = format!("{evil}\r\nX: y");
    let envelope = office.envelope(date("2026-06-05"));
    let letter = letter::identity_request(desk.request(), &text(evil), &envelope).unwrap();
    let html = letter.to_html();
    assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains('\u{202e}'));
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;&lt;b&gt;"));
    let plain = letter.to_text();
    assert!(!plain.contains('\u{202e}') && !plain.contains('\r') && !plain.contains("\nX: y"));
}

/// Pages that read aloud well: a language, a title that is the heading, one main part, headings in
/// order, and nothing from elsewhere.
#[test]
fn every_page_is_well_formed() {
    for (_, letter) in letters() {
        let html = letter.to_html();
        for once in
            ["<html lang=\"en-GB\">", "<main>", "<h1>", "<title>", "<meta charset=\"utf-8\">"]
        {
            assert_eq!(html.matches(once).count(), 1, "{once}");
        }
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
            let element = tag.trim_start_matches('/').split(' ').next().unwrap();
            if ["!DOCTYPE", "meta", "br"].contains(&element) {
                continue;
            }
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(element));
            } else {
                open.push(element);
            }
        }
        assert!(open.is_empty());
        for loaded in ["src=", "href=", "<style", "<script", "http-equiv"] {
            assert!(!html.contains(loaded), "{loaded}");
        }
        for line in letter.to_text().lines() {
            let is_word = !line.trim_start_matches("- ").trim().contains(' ');
            assert!(line.chars().count() <= 76 || is_word, "{line}");
        }
    }
}

#[test]
fn nothing_is_told_that_did_not_happen() {
    let desk = Desk::with(Ask::Access);
    let request = desk.request();
    let (recipient, words) = (name("Mailer Ltd"), text("x"));
    let refused = [
        with(|e| letter::identity_request(request, &words, e)),
        with(|e| letter::authority_request(request, e)),
        with(|e| letter::fee_notice(request, e)),
        with(|e| letter::clarification(request, &words, e)),
        with(|e| letter::extension(request, e)),
        with(|e| letter::account_choice(request, e)),
        with(|e| letter::restriction_lifting(request, date("2026-07-01"), &words, e)),
        with(|e| letter::answer(request, e)),
        with(|e| letter::recipient_notice(request, &recipient, e)),
    ];
    for written in refused {
        let Err(LetterError::NothingToTell { stage: Stage::Received, .. }) = written else {
            panic!("{written:?}");
        };
    }
    let undecided = with(|e| letter::complaint_outcome(&complaint(None), e));
    assert_eq!(undecided, Err(LetterError::NotDecided));
    let mut withdrawn = desk.clone();
    withdrawn.must("2026-06-02", Command::Withdraw);
    let closed = with(|e| letter::acknowledgement(withdrawn.request(), e)).unwrap_err();
    assert_eq!(
        closed.to_string(),
        "there is nothing to tell: the request is withdrawn, and no answer is owed"
    );
}

//= DPA 2018 §164A(4): the person is told the outcome
//= DPA 2018 §164A(5): the person is told of progress
#[test]
fn a_complaint_is_owed_letters_of_receipt_progress_and_outcome() {
    let outcome = ComplaintOutcome::Upheld { remedy: text("an apology") };
    let enquiries = text("we asked the records office");
    let decided = ComplaintEvent::Decided { enquiries, outcome: outcome.clone() };
    for (event, subject) in [
        (ComplaintEvent::Acknowledged, Some("We have received your complaint")),
        (ComplaintEvent::Investigated { steps: text("a search") }, None),
        (
            ComplaintEvent::ProgressReported { told: text("soon") },
            Some("How your complaint is going"),
        ),
        (decided, Some("What came of your complaint")),
    ] {
        let (office, complaint) = (Office::new(), complaint(Some(outcome.clone())));
        let envelope = office.envelope(date("2026-07-01"));
        let letter = letter::complaint_owed(&complaint, &event, &envelope).unwrap();
        assert_eq!(letter.as_ref().map(Letter::subject), subject);
    }
}
