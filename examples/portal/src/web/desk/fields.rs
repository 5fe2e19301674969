//! The fields of the desk's forms.

use upheld_consent::request::{Ask, Request};

use super::commands::may_be_partial;
use super::grounds;
use crate::language::phrase;

/// A field of a form.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) input: Input,
    pub(super) value: String,
}

/// What is typed or chosen.
pub(super) enum Input {
    Line,
    Words,
    Day,
    /// Values, and what they are called.
    Choice(Vec<(String, String)>),
}

/// What fields hold before anybody types.
pub(super) struct Prefilled {
    /// The purposes of the privacy notice, one a line.
    pub(super) purposes: String,
    /// The categories of data, one a line.
    pub(super) categories: String,
    /// How long data is kept, one a line.
    pub(super) retention: String,
}

pub(super) fn field(name: &'static str, label: &'static str, input: Input) -> Field {
    Field { name, label, hint: "", input, value: String::new() }
}

pub(super) fn words(label: &'static str) -> Field {
    field("words", label, Input::Words)
}

fn hinted(field: Field, hint: &'static str) -> Field {
    Field { hint, ..field }
}

fn filled(field: Field, value: &str) -> Field {
    Field { value: value.to_owned(), ..field }
}

pub(super) fn choice(
    name: &'static str,
    label: &'static str,
    choices: &[(&str, &'static str)],
) -> Field {
    let own = |(value, label): &(&str, &str)| ((*value).to_owned(), (*label).to_owned());
    field(name, label, Input::Choice(choices.iter().map(own).collect()))
}

fn named<'a, N: ToString + 'a>(
    name: &'static str,
    label: &'static str,
    names: impl Iterator<Item = &'a N>,
) -> Field {
    let both = |name: &N| (name.to_string(), name.to_string());
    field(name, label, Input::Choice(names.map(both).collect()))
}

const LINES: &str = phrase("One in each line.");
const NONE: &str = phrase("One in each line; a dash says that there is none.");

/// The fields of the form that is called `slug`.
pub(super) fn of(slug: &str, request: &Request, prefilled: &Prefilled) -> Vec<Field> {
    let day = || {
        hinted(
            field("day", phrase("The day on which it came"), Input::Day),
            phrase("Empty for today."),
        )
    };
    match slug {
        "request-identity" => vec![words(phrase("What is doubtful"))],
        "confirm-identity" | "receive-authority" => {
            vec![words(phrase("How they showed it")), day()]
        }
        "pay-fee" => vec![day()],
        "clarify" => vec![words(phrase("What the answer says")), day()],
        "waive-fee" | "proceed-unclarified" | "require-account-deletion" => {
            vec![words(phrase("Why"))]
        }
        "lapse" => vec![words(phrase("What was done to get it"))],
        "reopen" => vec![words(phrase("What is new"))],
        "ask-clarification" => vec![words(phrase("The question, and why it is needed"))],
        "extend" => vec![
            choice(
                "ground",
                phrase("Why"),
                &[
                    ("complexity", phrase("The requests are complex")),
                    ("number", phrase("The requests are many")),
                ],
            ),
            words(phrase("The reasons, as the person reads them")),
        ],
        "charge-fee" => fee(),
        "choose" => vec![
            choice(
                "choice",
                phrase("What they chose"),
                &[
                    ("delete", phrase("The account goes as well")),
                    ("narrow", phrase("The account stays")),
                ],
            ),
            words(phrase("If it stays: what goes")),
        ],
        "begin-collection" => vec![
            words(phrase("What is looked for")),
            hinted(
                filled(field("sources", phrase("Where"), Input::Words), &prefilled.categories),
                LINES,
            ),
            field("because", phrase("Why no more and no less"), Input::Words),
        ],
        "send-copy" => vec![hinted(
            field("pence", phrase("What it cost the person, in pence"), Input::Line),
            phrase("Empty when it was free."),
        )],
        "lift-restriction" => {
            vec![field("informed", phrase("When they were told"), Input::Day)]
        }
        "fulfil" => answer(request, prefilled),
        "refuse" => ground(request, false),
        "nothing-held" => vec![words(phrase("Where it was looked for"))],
        other => of_search(other, request),
    }
}

fn of_search(slug: &str, request: &Request) -> Vec<Field> {
    let sources = request.sources().map(|(name, _)| name);
    let open = request.sources().filter(|(_, result)| result.is_none()).map(|(name, _)| name);
    let processors = request.processors().map(|(name, _)| name);
    let result = || {
        choice(
            "result",
            phrase("What came of it"),
            &[("searched", phrase("Searched")), ("not-searched", phrase("Not searched"))],
        )
    };
    let why = || field("why", phrase("If not: why"), Input::Words);
    match slug {
        "find-item" => vec![
            field("name", phrase("What it is called"), Input::Line),
            named("source", phrase("Where it was found"), sources.chain(processors)),
            choice(
                "kind",
                phrase("What kind of record it is"),
                &[
                    ("health", phrase("A health record")),
                    ("other-health", phrase("Another record that tells about health")),
                    ("other", phrase("Another record")),
                ],
            ),
        ],
        "finish-source" => vec![named("source", phrase("Which"), open), result(), why()],
        "finish-processor" => {
            vec![named("source", phrase("Which"), processors), result(), why()]
        }
        "instruct-processor" => vec![field("name", phrase("Which"), Input::Line)],
        "review" => {
            let items = request.items().map(|(item, _)| &item.name);
            let verdicts = [
                ("disclose", phrase("It is disclosed")),
                ("redact", phrase("It is disclosed in part")),
                ("withhold", phrase("It is withheld")),
            ];
            let mut fields = vec![
                named("item", phrase("Which"), items),
                choice("verdict", phrase("What becomes of it"), &verdicts),
            ];
            fields.extend(ground(request, true));
            fields
        }
        "notify-recipient" => {
            let open = request.notifications().filter(|(_, told)| told.is_none());
            let results = [
                ("told", phrase("They were told")),
                ("impossible", phrase("They could not be told")),
                ("disproportionate", phrase("It would have taken more than it is worth")),
            ];
            vec![
                named("recipient", phrase("Which"), open.map(|(name, _)| name)),
                choice("result", phrase("What came of it"), &results),
                why(),
            ]
        }
        _ => Vec::new(),
    }
}

fn fee() -> Vec<Field> {
    let grounds = [
        ("unfounded", phrase("It is manifestly unfounded")),
        ("excessive", phrase("It is manifestly excessive")),
    ];
    vec![
        field("pence", phrase("How much, in pence"), Input::Line),
        choice("ground", phrase("Why"), &grounds),
        field("because", phrase("The facts that show it"), Input::Words),
        field("weighed", phrase("What was weighed against them"), Input::Words),
        words(phrase("What it pays for")),
    ]
}

/// The ground of a refusal with its evidence; one may be left out where it is of a part.
fn ground(request: &Request, is_optional: bool) -> Vec<Field> {
    let grounds = grounds::choices(request.ask(), request.receipt().requester);
    let mut choices: Vec<_> =
        grounds.iter().map(|it| (it.name.to_owned(), it.heading.to_owned())).collect();
    if is_optional {
        choices.insert(0, (String::new(), phrase("Nothing is kept back").to_owned()));
    }
    let mut fields = vec![
        field("ground", phrase("The ground"), Input::Choice(choices)),
        field("because", phrase("The facts that show it"), Input::Words),
        hinted(
            field("weighed", phrase("What was weighed against them"), Input::Words),
            phrase("For a change that would break the law: the act and its section."),
        ),
    ];
    if request.ask() == Ask::Access {
        fields.push(hinted(
            field("opinion_by", phrase("Which health professional was asked"), Input::Line),
            phrase("For harm to health; the opinion is six months old at most."),
        ));
        fields.push(field("opinion_day", phrase("When they answered"), Input::Day));
    }
    fields
}

fn answer(request: &Request, prefilled: &Prefilled) -> Vec<Field> {
    let list = |name, label| hinted(field(name, label, Input::Words), LINES);
    let recipients = || list("recipients", phrase("Who had got the data, and is told"));
    let mut fields = match request.ask() {
        Ask::Access => access(prefilled),
        Ask::Portability => vec![
            filled(field("format", phrase("The format"), Input::Line), "JSON, CSV"),
            field("sent_to", phrase("To whom it was sent directly"), Input::Line),
        ],
        Ask::Rectification => {
            vec![
                list("done", phrase("What was changed or added, without the values")),
                recipients(),
            ]
        }
        Ask::Erasure => erasure(),
        Ask::Restriction => vec![
            choice(
                "case",
                phrase("In which case"),
                &[
                    ("accuracy", phrase("Its accuracy is contested")),
                    ("unlawful", phrase("The use is unlawful, and they want no erasure")),
                    ("claims", phrase("They need it for legal claims")),
                    ("objection", phrase("They have objected, and it is being decided")),
                ],
            ),
            list("done", phrase("What is restricted")),
            recipients(),
        ],
        Ask::DecisionReview => vec![
            field("reviewer", phrase("Who looked at it"), Input::Line),
            field("representations", phrase("What the person had to say"), Input::Words),
            field("decision", phrase("How the decision stands, and why"), Input::Words),
        ],
        Ask::ConsentWithdrawal => {
            vec![list("done", phrase("For which purposes consent is over")), recipients()]
        }
        _ => vec![list("done", phrase("Which uses have stopped"))],
    };
    if may_be_partial(request.ask()) {
        fields.extend(ground(request, true));
    }
    fields
}

fn access(prefilled: &Prefilled) -> Vec<Field> {
    let stated =
        |name, label, value: &str| hinted(filled(field(name, label, Input::Words), value), NONE);
    let copies = [
        ("electronic", phrase("Electronic")),
        ("paper", phrase("On paper")),
        ("paper-as-wanted", phrase("On paper, because they wanted it so")),
        ("", phrase("There is none")),
    ];
    vec![
        stated("purposes", phrase("What the data is used for"), &prefilled.purposes),
        stated("categories", phrase("What kinds of data"), &prefilled.categories),
        stated("recipients", phrase("Who is given it"), "-"),
        stated("retention", phrase("How long it is kept"), &prefilled.retention),
        stated("sources", phrase("Where it came from, besides the person"), "-"),
        stated("automated_decisions", phrase("Decisions by machines alone"), "-"),
        stated("transfers", phrase("Safeguards of transfers abroad"), "-"),
        choice("copy", phrase("The copy"), &copies),
    ]
}

fn erasure() -> Vec<Field> {
    let list = |name, label| hinted(field(name, label, Input::Words), LINES);
    let residual = |name, label| field(name, label, Input::Words);
    vec![
        list("done", phrase("What is gone, without the values")),
        choice(
            "account",
            phrase("The account"),
            &[("kept", phrase("It stays")), ("deleted", phrase("It is gone"))],
        ),
        residual("caches", phrase("Pages that may be left in caches of others")),
        residual("archives", phrase("What may be left in archives of others")),
        residual("other_people", phrase("What other people may have kept")),
        field("backups_until", phrase("Until when backups hold it"), Input::Day),
        list("recipients", phrase("Who had got the data, and is told")),
        list("published_to", phrase("Who has links to it or copies of it, and is told")),
    ]
}
