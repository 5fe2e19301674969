//! The page for people: plain HTML that a screen reader walks through, without a script, and
//! without anything from elsewhere.

use super::csv::withheld;
use super::{Cell, Cover, Reuse, Table};
use crate::markup::escaped;

const HEAD: &str = "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta name=\"robots\" content=\"noindex\">\n";
const STYLE: &str = include_str!("page.css");

pub(super) fn write<'a>(
    cover: &Cover,
    tables: &[Table],
    files: impl Iterator<Item = &'a String>,
) -> String {
    let mut page = String::from(HEAD);
    push(&mut page, &["<title>Your data: ", &escaped(&cover.request), "</title>\n<style>\n"]);
    push(&mut page, &[STYLE, "</style>\n</head>\n<body>\n"]);
    page.push_str("<a class=\"skip\" href=\"#content\">Skip to your data</a>\n<header>\n");
    push(&mut page, &["<p>", &escaped(&cover.controller), "</p>\n<h1>Your data</h1>\n<dl>\n"]);
    for (term, text) in [("Request", &cover.request), ("Made", &cover.generated)] {
        push(&mut page, &["<div><dt>", term, "</dt><dd>", &escaped(text), "</dd></div>\n"]);
    }
    page.push_str("</dl>\n</header>\n");
    contents(tables, &mut page);
    page.push_str("<main id=\"content\">\n");
    for paragraph in &cover.introduction {
        push(&mut page, &["<p>", &escaped(paragraph), "</p>\n"]);
    }
    for table in tables {
        section(table, &mut page);
    }
    list_files(files, &mut page);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn contents(tables: &[Table], page: &mut String) {
    page.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
    for table in tables {
        let (name, title) = (table.name(), escaped(table.title()));
        push(page, &["<li><a href=\"#table-", name, "\">", &title, "</a></li>\n"]);
    }
    page.push_str("<li><a href=\"#files\">Files</a></li>\n</ul>\n</nav>\n");
}

fn section(table: &Table, page: &mut String) {
    let (name, title) = (table.name(), escaped(table.title()));
    push(page, &["<section id=\"table-", name, "\" aria-labelledby=\"title-", name, "\">\n"]);
    push(page, &["<h2 id=\"title-", name, "\">", &title, "</h2>\n"]);
    if table.reuse() == Reuse::Portable {
        page.push_str("<p>You may take this elsewhere: it is in portable.ndjson too.</p>\n");
    }
    if table.rows().is_empty() {
        page.push_str("<p>We hold nothing of this kind.</p>\n</section>\n");
        return;
    }
    push(page, &["<div class=\"wide\" role=\"region\" aria-labelledby=\"title-", name]);
    push(page, &["\" tabindex=\"0\">\n<table>\n<caption>", &rows_of(table)]);
    page.push_str("</caption>\n<thead><tr>");
    for column in table.columns() {
        push(page, &["<th scope=\"col\">", &escaped(column), "</th>"]);
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in table.rows() {
        page.push_str("<tr>");
        for cell in row {
            write_cell(cell, page);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}

fn rows_of(table: &Table) -> String {
    match table.rows().len() {
        1 => "1 row".into(),
        rows => format!("{rows} rows"),
    }
}

/// The direction of a text is its own, so that one cannot turn its neighbours around.
fn write_cell(cell: &Cell, page: &mut String) {
    match cell {
        Cell::Empty => page.push_str("<td></td>"),
        Cell::Text(text) => push(page, &["<td dir=\"auto\">", &escaped(text), "</td>"]),
        Cell::Integer(integer) => {
            push(page, &["<td class=\"number\">", &integer.get().to_string(), "</td>"]);
        }
        Cell::Bool(true) => page.push_str("<td>yes</td>"),
        Cell::Bool(false) => page.push_str("<td>no</td>"),
        Cell::Withheld(reason) => {
            let text = escaped(&withheld(reason.as_deref()));
            push(page, &["<td class=\"withheld\">", &text, "</td>"]);
        }
    }
}

fn list_files<'a>(files: impl Iterator<Item = &'a String>, page: &mut String) {
    page.push_str("<section id=\"files\" aria-labelledby=\"files-title\">\n");
    page.push_str("<h2 id=\"files-title\">Files</h2>\n<ul>\n");
    for path in files {
        // Letters, digits, -, _, . and / alone.
        push(page, &["<li><a href=\"", path, "\">", path, "</a></li>\n"]);
    }
    page.push_str(
        "</ul>\n<p>The files in data/ hold what is on this page: JSON for programs, CSV for \
         spreadsheets. In CSV a text that a spreadsheet would compute has an apostrophe before it. \
         manifest.json and SHA256SUMS list every file with its SHA-256.</p>\n</section>\n",
    );
}

fn push(page: &mut String, pieces: &[&str]) {
    page.extend(pieces.iter().copied());
}
