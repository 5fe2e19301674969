//! The configuration for orestbida's cookieconsent, version 3.

use super::script::{Script, html, object, text};
use super::{BannerCategory, BannerConfig, BannerItem};

use Script::{List, Number, Object, Truth};

pub(super) fn script(config: &BannerConfig) -> String {
    let BannerConfig { cookie, categories, .. } = config;
    let weight = || object([("equalWeightButtons", Truth(true)), ("flipButtons", Truth(false))]);
    let categories = categories.iter().map(|one| (one.id.clone(), category(one)));
    object([
        ("revision", Number(config.revision_number())),
        ("mode", text("opt-in")),
        ("disablePageInteraction", Truth(false)),
        // An audit sees what people see.
        ("hideFromBots", Truth(false)),
        (
            "cookie",
            object([
                ("name", text(&cookie.name)),
                // Else it sets `Domain`, which no cookie under `__Host-` may have.
                ("domain", text("")),
                ("path", text("/")),
                ("sameSite", text("Lax")),
                ("secure", Truth(true)),
                ("expiresAfterDays", Number(cookie.days)),
            ]),
        ),
        ("guiOptions", object([("consentModal", weight()), ("preferencesModal", weight())])),
        ("categories", Object(categories.collect())),
        (
            "language",
            object([("default", text("en")), ("translations", object([("en", words(config))]))]),
        ),
    ])
    .assigned_to("cookieConsentConfig")
}

fn category(category: &BannerCategory) -> Script {
    let removable = category.items.iter().filter(|item| item.removable);
    let cookies = removable.flat_map(cookies).collect();
    object([
        ("enabled", Truth(category.required)),
        ("readOnly", Truth(category.required)),
        ("autoClear", object([("cookies", List(cookies))])),
    ])
}

fn cookies(item: &BannerItem) -> Vec<Script> {
    let name = || match &item.pattern {
        Some(pattern) => Script::Pattern(pattern.clone()),
        None => text(&item.name),
    };
    item.variants()
        .into_iter()
        .map(|(path, domain)| {
            let mut members = vec![("name".to_owned(), name()), ("path".to_owned(), text(path))];
            members.extend(domain.map(|domain| ("domain".to_owned(), text(domain))));
            Object(members)
        })
        .collect()
}

fn words(config: &BannerConfig) -> Script {
    let texts = &config.texts;
    let policy = config.policy_url.as_ref().map(|address| {
        let (address, name) = (super::super::html::escape(address), texts.policy);
        ("footer".to_owned(), Script::Text(format!("<a href=\"{address}\">{name}</a>")))
    });
    let mut first = vec![
        ("label".to_owned(), text(texts.label)),
        ("title".to_owned(), text(texts.title)),
        ("description".to_owned(), text(texts.description)),
        ("acceptAllBtn".to_owned(), text(texts.accept)),
        ("acceptNecessaryBtn".to_owned(), text(texts.reject)),
        ("showPreferencesBtn".to_owned(), text(texts.settings)),
    ];
    first.extend(policy);
    let sections = config.categories.iter().map(|one| section(config, one));
    let start = object([("title", text(texts.title)), ("description", text(texts.description))]);
    let second = object([
        ("title", text(texts.label)),
        ("acceptAllBtn", text(texts.accept)),
        ("acceptNecessaryBtn", text(texts.reject)),
        ("savePreferencesBtn", text(texts.save)),
        ("closeIconLabel", text(texts.close)),
        ("sections", List(core::iter::once(start).chain(sections).collect())),
    ]);
    object([("consentModal", Object(first)), ("preferencesModal", second)])
}

fn section(config: &BannerConfig, category: &BannerCategory) -> Script {
    let texts = &config.texts;
    let row = |item: &BannerItem| {
        object([
            ("name", html(&item.name)),
            ("whose", html(item.company.as_deref().unwrap_or("this site"))),
            ("kept", html(item.kept_for.as_deref().unwrap_or("-"))),
        ])
    };
    let headers = object([
        ("name", text(texts.name)),
        ("whose", text(texts.whose)),
        ("kept", text(texts.kept_for)),
    ]);
    let body = category.items.iter().map(row).collect();
    object([
        ("title", html(&category.name)),
        ("description", html(&category.description)),
        ("linkedCategory", text(&category.id)),
        (
            "cookieTable",
            object([("caption", html(&category.name)), ("headers", headers), ("body", List(body))]),
        ),
    ])
}
