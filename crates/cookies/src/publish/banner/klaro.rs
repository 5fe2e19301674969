//! The configuration for Klaro 0.7.

use super::script::{Script, object, text};
use super::{BannerCategory, BannerConfig, BannerItem};

use Script::{List, Number, Object, Truth};

pub(super) fn script(config: &BannerConfig) -> String {
    let BannerConfig { cookie, categories, .. } = config;
    let name = cookie.name.strip_prefix("__Host-").unwrap_or(&cookie.name);
    object([
        ("version", Number(1)),
        // What the declaration says is text.
        ("htmlTexts", Truth(false)),
        ("storageMethod", text("cookie")),
        ("cookieName", text(name)),
        ("cookieExpiresAfterDays", Number(cookie.days)),
        ("default", Truth(false)),
        ("mustConsent", Truth(false)),
        ("acceptAll", Truth(true)),
        ("hideDeclineAll", Truth(false)),
        ("hideLearnMore", Truth(false)),
        ("groupByPurpose", Truth(false)),
        ("lang", text("en")),
        ("translations", object([("en", words(config))])),
        ("services", List(categories.iter().map(service).collect())),
    ])
    .assigned_to("klaroConfig")
}

fn words(config: &BannerConfig) -> Script {
    let texts = &config.texts;
    let purposes = config.categories.iter().map(|one| (one.id.clone(), text(&one.name)));
    let mut members = vec![
        ("ok".to_owned(), text(texts.accept)),
        ("acceptAll".to_owned(), text(texts.accept)),
        ("decline".to_owned(), text(texts.reject)),
        ("acceptSelected".to_owned(), text(texts.save)),
        ("save".to_owned(), text(texts.save)),
        ("close".to_owned(), text(texts.close)),
        (
            "consentNotice".to_owned(),
            object([
                ("title", text(texts.title)),
                ("description", text(texts.description)),
                ("learnMore", text(texts.settings)),
            ]),
        ),
        (
            "consentModal".to_owned(),
            object([("title", text(texts.label)), ("description", text(texts.description))]),
        ),
        ("purposes".to_owned(), Object(purposes.collect())),
    ];
    let address = config.policy_url.as_ref();
    members.extend(address.map(|address| ("privacyPolicyUrl".to_owned(), text(address))));
    Object(members)
}

fn service(category: &BannerCategory) -> Script {
    let removable = category.items.iter().filter(|item| item.removable);
    object([
        ("name", text(&category.id)),
        ("title", text(&category.name)),
        ("description", text(&category.description)),
        ("purposes", List(vec![text(&category.id)])),
        ("required", Truth(category.required)),
        ("default", Truth(category.required)),
        ("optOut", Truth(false)),
        ("cookies", List(removable.flat_map(cookies).collect())),
    ])
}

fn cookies(item: &BannerItem) -> Vec<Script> {
    let name = || match &item.pattern {
        Some(pattern) => Script::Pattern(pattern.clone()),
        None => text(&item.name),
    };
    let variants = item.variants().into_iter();
    variants
        .map(|(path, domain)| {
            let mut parts = vec![name(), text(path)];
            parts.extend(domain.map(text));
            List(parts)
        })
        .collect()
}
