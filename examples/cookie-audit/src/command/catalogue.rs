//! `cookie-audit catalogue`

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use upheld_cookies::catalogue::{Catalogue as Known, Entry, Hint, Source};
use upheld_cookies::policy::{ItemKind, PurposeKind};

use crate::args::{Catalogue, CatalogueFormat};
use crate::report::clean;
use crate::{FINDINGS, output};

/// The most bytes that the importer takes.
const LARGEST: u64 = 16 << 20;

pub(crate) fn run(args: &Catalogue) -> Result<ExitCode> {
    let mut catalogue = Known::well_known();
    for file in &args.import {
        catalogue = import(catalogue, file)?;
    }
    if args.names.is_empty() {
        for entry in catalogue.entries() {
            let line = match args.format {
                CatalogueFormat::Text => summary(entry),
                CatalogueFormat::Json => value(entry).to_string(),
            };
            output::line(line.as_bytes())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut code = ExitCode::SUCCESS;
    for name in &args.names {
        let hint = catalogue.find(name.as_bytes(), &args.domain.to_ascii_lowercase());
        if hint.is_none() {
            code = ExitCode::from(FINDINGS);
        }
        let line = match args.format {
            CatalogueFormat::Text => text(name, hint),
            CatalogueFormat::Json => {
                let hint = hint.map_or(Value::Null, |hint| {
                    json!({
                        "entry": value(hint.entry),
                        "exact": hint.is_exact,
                        "of_domain": hint.is_of_domain,
                        "ambiguous": hint.is_ambiguous,
                    })
                });
                json!({ "name": name, "hint": hint }).to_string()
            }
        };
        output::line(line.as_bytes())?;
    }
    Ok(code)
}

fn import(catalogue: Known, path: &Path) -> Result<Known> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
    let mut bytes = Vec::new();
    // One byte more than the importer takes, so that it refuses what is cut off.
    let mut file = file.take(LARGEST.saturating_add(1));
    file.read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
    let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let read = if is_json {
        catalogue.with_open_cookie_database_json(&bytes)
    } else {
        catalogue.with_open_cookie_database_csv(&bytes)
    };
    read.with_context(|| format!("{name} is no Open Cookie Database"))
}

fn text(name: &str, hint: Option<Hint<'_>>) -> String {
    let name = clean(name);
    let Some(hint) = hint else { return format!("{name}: not in the catalogue") };
    let doubt = if hint.is_ambiguous {
        "\n    another entry says something else of the purpose"
    } else {
        ""
    };
    let Hint { entry, .. } = hint;
    format!("{name}: {}\n    {}{doubt}", summary(entry), clean(&entry.description))
}

/// What an entry says, on one line.
fn summary(entry: &Entry) -> String {
    let kind = entry.kind.map_or("any kind", ItemKind::as_str);
    let purpose = entry.purpose.map_or("purpose unclear", PurposeKind::as_str);
    let lifetime = match entry.lifetime {
        Some(lifetime) => lifetime.to_string(),
        None if entry.lifetime_text.is_empty() => "lifetime unknown".to_owned(),
        None => clean(&entry.lifetime_text),
    };
    let (name, vendor) = (entry.name.as_str(), clean(&entry.vendor));
    format!("{name}, {vendor}, {kind}, {purpose}, {lifetime}")
}

fn value(entry: &Entry) -> Value {
    json!({
        "name": entry.name.as_str(),
        "domain": entry.domain.as_ref().map(ToString::to_string),
        "vendor": entry.vendor,
        "kind": entry.kind.map(ItemKind::as_str),
        "purpose": entry.purpose.map(PurposeKind::as_str),
        "lifetime": entry.lifetime.map(|lifetime| lifetime.to_string()),
        "lifetime_text": entry.lifetime_text,
        "description": entry.description,
        "source": match entry.source {
            Source::OpenCookieDatabase => "open-cookie-database",
            _ => "upheld",
        },
    })
}
