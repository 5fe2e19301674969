//! Bundles: the same bytes every time, nothing executable, every file accounted for. What other
//! programs make of them is tested by `cargo xtask e2e export`.

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use upheld_consent::export::{
    Bundle, BundleError, Cell, Cover, FileNameError, Reuse, SCHEMA, SealedBundle, Table, TableError,
};
use upheld_ledger::{Checkpoint, Hash, Integer, Tree, Value};

fn cover() -> Cover {
    Cover {
        controller: "Northside Clinic".into(),
        request: "DSR-2026-0042".into(),
        generated: "2026-02-26T16:00:00Z".into(),
        introduction: vec!["You asked on 31 January 2026 for a copy of your data.".into()],
        checkpoint: Some(Checkpoint::of("northside.example/log", &Tree::default()).unwrap()),
    }
}

fn visits(reuse: Reuse) -> Table {
    let mut table = Table::new("visits", "Your visits", &["day", "reason", "n"], reuse).unwrap();
    let number = |n| Cell::Integer(Integer::new(n).unwrap());
    table.push(vec![Cell::text("2025-03-01"), Cell::text("a \"b\", <c>"), number(-5)]).unwrap();
    let withheld = Cell::Withheld(Some("it is about somebody else".into()));
    table.push(vec![Cell::Empty, withheld, Cell::Bool(true)]).unwrap();
    table
}

fn bundle() -> SealedBundle {
    let mut bundle = Bundle::new(cover());
    bundle.add_table(visits(Reuse::Portable)).unwrap();
    bundle
        .add_table(Table::new("bills", "Your bills", &["sum"], Reuse::AccessOnly).unwrap())
        .unwrap();
    bundle.add_file("letters/1.txt", "text/plain", b"Dear Ms Smith,\n".to_vec()).unwrap();
    bundle.seal()
}

fn text<'a>(bundle: &'a SealedBundle, path: &str) -> &'a str {
    str::from_utf8(bundle.file(path).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[test]
fn the_bytes_are_the_same_every_time() {
    let zip = |bundle: &SealedBundle| {
        let mut bytes = Vec::new();
        bundle.write_zip(&mut bytes).unwrap();
        bytes
    };
    let (one, two) = (bundle(), bundle());
    assert_eq!(one, two);
    assert_eq!(zip(&one), zip(&two));
    // Whoever changes a byte of the form changes SCHEMA and this.
    assert_eq!(SCHEMA, "upheld-export/1");
    assert_eq!(sha256(&zip(&one)), include_str!("export/bundle.sha256").trim());
    assert_eq!(format!("{one:?}").matches("Smith").count(), 0);
}

/// The fields of the archive, read by their places in APPNOTE.TXT.
#[test]
fn the_archive_is_laid_out_as_the_format_says() {
    let bundle = bundle();
    let mut zip = Vec::new();
    bundle.write_zip(&mut zip).unwrap();
    let short = |at: usize| u16::from_le_bytes([zip[at], zip[at + 1]]);
    let long = |at: usize| u32::from_le_bytes(zip[at..at + 4].try_into().unwrap()) as usize;
    //= APPNOTE.TXT §4.3.16: disks, entries on this one and in all, size and place of the directory
    let end = zip.len() - 22;
    assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
    let (size, directory) = (long(end + 12), long(end + 16));
    assert_eq!((short(end + 8), short(end + 10), short(end + 20)), (9, 9, 0));
    assert_eq!(directory + size, end);
    let (mut entry, mut expected) = (directory, 0);
    for (path, content) in bundle.files() {
        //= APPNOTE.TXT §4.3.12: the fields again, a comment, disk, attributes, where the file begins
        assert_eq!(&zip[entry..entry + 4], b"PK\x01\x02");
        let header = long(entry + 42);
        assert_eq!(header, expected, "nothing between the files");
        //= APPNOTE.TXT §4.3.7: version needed, flags, method 0, time, date, CRC-32, sizes, lengths
        assert_eq!(&zip[header..header + 4], b"PK\x03\x04");
        assert_eq!(zip[header + 4..header + 30], zip[entry + 6..entry + 32], "the same fields");
        assert_eq!((short(header + 6), short(header + 8)), (0, 0), "no flags, stored");
        assert_eq!((long(header + 18), long(header + 22)), (content.len(), content.len()));
        let name = header + 30;
        assert_eq!(&zip[name..name + path.len()], path.as_bytes());
        let data = name + path.len();
        assert_eq!(&zip[data..data + content.len()], content);
        assert_eq!(&zip[entry + 46..entry + 46 + path.len()], path.as_bytes());
        (entry, expected) = (entry + 46 + path.len(), data + content.len());
    }
    assert_eq!((entry, expected), (end, directory));
}

#[test]
fn the_files_are_these() {
    let paths: Vec<_> = bundle().files().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(
        paths,
        [
            "SHA256SUMS",
            "data/bills.csv",
            "data/bills.json",
            "data/visits.csv",
            "data/visits.json",
            "index.html",
            "letters/1.txt",
            "manifest.json",
            "portable.ndjson",
        ]
    );
}

#[test]
fn rows_are_written_in_each_form() {
    let bundle = bundle();
    assert_eq!(
        text(&bundle, "data/visits.json"),
        "[\n{\"day\":\"2025-03-01\",\"n\":-5,\"reason\":\"a \\\"b\\\", <c>\"},\n\
         {\"day\":null,\"n\":true,\"reason\":{\"withheld\":\"it is about somebody else\"}}\n]\n"
    );
    assert!(Value::parse(bundle.file("data/bills.json").unwrap()).is_ok());
    //= RFC 4180 §2: fields separated by commas, lines ended by CRLF
    //= RFC 4180 §2: a quotation mark is written twice
    assert_eq!(
        text(&bundle, "data/visits.csv"),
        "\u{feff}\"day\",\"reason\",\"n\"\r\n\"2025-03-01\",\"a \"\"b\"\", <c>\",-5\r\n\
         ,\"[withheld: it is about somebody else]\",true\r\n"
    );
    //= UK GDPR, Article 20(1): what a person provided, in a form that machines read
    let portable = text(&bundle, "portable.ndjson");
    assert_eq!(portable.lines().count(), 2);
    for line in portable.lines() {
        let Value::Object(line) = Value::parse_canonical(line.as_bytes()).unwrap() else {
            panic!("an object was expected")
        };
        assert_eq!(line.value("table"), Some(&Value::from("visits")));
    }
    let mut access = Bundle::new(cover());
    access.add_table(visits(Reuse::AccessOnly)).unwrap();
    assert_eq!(text(&access.seal(), "portable.ndjson"), "");
}

#[test]
fn the_manifest_accounts_for_every_file() {
    let bundle = bundle();
    let manifest = text(&bundle, "manifest.json");
    assert_eq!(sha256(manifest.as_bytes()), hex(bundle.digest()));
    let Value::Object(manifest) = Value::parse(manifest.as_bytes()).unwrap() else {
        panic!("an object was expected")
    };
    assert_eq!(manifest.value("request"), Some(&Value::from("DSR-2026-0042")));
    let root = format!("northside.example/log\n0\n{}\n", Hash::EMPTY);
    assert_eq!(manifest.value("checkpoint"), Some(&Value::Text(root)));
    let Some(Value::Array(files)) = manifest.value("files") else { panic!("no files") };
    let mut listed: Vec<String> = Vec::new();
    for file in files {
        let Value::Object(file) = file else { panic!("no file") };
        let Some(Value::Text(path)) = file.value("path") else { panic!("no path") };
        let content = bundle.file(path).unwrap();
        assert_eq!(file.value("sha256"), Some(&Value::Text(sha256(content))), "{path}");
        let length = Integer::new(content.len().try_into().unwrap()).unwrap();
        assert_eq!(file.value("bytes"), Some(&Value::from(length)), "{path}");
        listed.push(path.clone());
    }
    let all = bundle.files().map(|(path, _)| path);
    let expected: Vec<_> =
        all.filter(|path| !["SHA256SUMS", "manifest.json"].contains(path)).collect();
    assert_eq!(listed, expected);
    let sums = text(&bundle, "SHA256SUMS");
    for (path, content) in bundle.files().filter(|(path, _)| *path != "SHA256SUMS") {
        assert!(sums.contains(&format!("{}  {path}\n", sha256(content))), "{path}");
    }
    let facts = bundle.facts().to_canonical();
    assert!(facts.contains(&hex(bundle.digest())) && facts.contains("\"files\":9"), "{facts}");
}

/// OWASP, CSV Injection: = + - @, tab, carriage return, line feed, and full-width forms.
//= OWASP CSV Injection, mitigation: what a spreadsheet would compute has an apostrophe before it
//= OWASP CSV Injection, mitigation: nor does another separator begin a formula
#[test]
fn no_field_is_a_formula() {
    let csv = |value: &str| {
        let mut table = Table::new("t", "T", &[value], Reuse::AccessOnly).unwrap();
        table.push(vec![Cell::text(value)]).unwrap();
        table.push(vec![Cell::Withheld(Some(value.into()))]).unwrap();
        let mut bundle = Bundle::new(cover());
        bundle.add_table(table).unwrap();
        text(&bundle.seal(), "data/t.csv").trim_start_matches('\u{feff}').to_owned()
    };
    for attack in [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        " =1",
        "\u{a0}=1",
        "\u{feff}=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"http://evil\")",
        "\0=1",
    ] {
        let quoted = attack.replace('"', "\"\"");
        let expected = format!("\"'{quoted}\"\r\n\"'{quoted}\"\r\n\"[withheld: {quoted}]\"\r\n");
        assert_eq!(csv(attack), expected);
    }
    // Where a semicolon, a tab or an end of line ends a cell, what follows begins another.
    for end in [';', '\t', '|', '\n', '\r'] {
        let guarded = format!("a{end}'=1");
        assert_eq!(
            csv(&format!("a{end}=1")).split("\"\r\n").next(),
            Some(&*format!("\"{guarded}"))
        );
        assert!(csv(&format!("a{end} \u{a0}@x")).contains(&format!("{end}' ")), "{end:?}");
        assert!(csv(&format!("a{end}b=1")).starts_with(&format!("\"a{end}b=1\"")), "{end:?}");
    }
    for first in ["\t=1", "\r=1", "\n=1"] {
        assert!(csv(first).starts_with(&format!("\"'{}'=1\"", &first[..1])), "{first:?}");
    }
    for plain in ["", "a=1", "1-1", "a@b.example", "'=1", "#x", "—"] {
        assert!(csv(plain).starts_with(&format!("\"{plain}\"\r\n")), "{plain}");
    }
    // The attack that closes its field first stays within it.
    assert_eq!(csv("a\",=1").lines().next(), Some("\"a\"\",=1\""));
}

#[test]
fn the_page_has_no_markup_but_ours() {
    let attack = "<script>alert(1)</script>\"'&\u{202e}\0\r\n\r";
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\u{fffd}\u{fffd}\n\n";
    let mut table = Table::new("t", attack, &[attack], Reuse::Portable).unwrap();
    table.push(vec![Cell::text(attack)]).unwrap();
    table.push(vec![Cell::Withheld(Some(attack.into()))]).unwrap();
    let mut bundle = Bundle::new(Cover {
        controller: attack.into(),
        request: attack.into(),
        generated: attack.into(),
        introduction: vec![attack.into()],
        checkpoint: None,
    });
    bundle.add_table(table).unwrap();
    let bundle = bundle.seal();
    let page = text(&bundle, "index.html");
    assert!(!page.contains("<script") && !page.contains('\0') && !page.contains('\u{202e}'));
    assert_eq!(page.matches(escaped).count(), 10, "{page}");
    assert!(!page.contains("//"), "nothing is fetched: {page}");
    assert!(!page.contains("=\"javascript:") && !page.contains(" onload"), "no handlers: {page}");
}

#[test]
fn paths_are_one_file_everywhere() {
    let add = |path: &str| {
        let mut bundle = Bundle::new(cover());
        bundle.add_table(visits(Reuse::Portable)).unwrap();
        bundle.add_file("letters/a.txt", "text/plain", Vec::new()).unwrap();
        bundle.add_file(path, "text/plain", Vec::new())
    };
    for good in ["a", "A-b_c.1/d.txt", "letters/b.txt", "console.txt", "x/com", "data/more.csv"] {
        let expected = if good == "x/com" {
            Err(BundleError::Name(FileNameError::Device { at: 2 }))
        } else {
            Ok(())
        };
        assert_eq!(add(good), expected, "{good}");
    }
    let name = |error: FileNameError| Err(BundleError::Name(error));
    let cases = [
        ("", name(FileNameError::Length { length: 0 })),
        ("../a", name(FileNameError::Part { at: 0 })),
        ("a/../b", name(FileNameError::Part { at: 2 })),
        ("a/./b", name(FileNameError::Part { at: 2 })),
        ("/etc/passwd", name(FileNameError::Part { at: 0 })),
        ("a//b", name(FileNameError::Part { at: 2 })),
        ("a/", name(FileNameError::Part { at: 2 })),
        (".profile", name(FileNameError::Part { at: 0 })),
        ("a.", name(FileNameError::Part { at: 0 })),
        ("a\\b", name(FileNameError::Character { at: 1 })),
        ("c:a", name(FileNameError::Character { at: 1 })),
        ("é", name(FileNameError::Character { at: 0 })),
        ("a b", name(FileNameError::Character { at: 1 })),
        ("a/NUL.txt", name(FileNameError::Device { at: 2 })),
        ("com1", name(FileNameError::Device { at: 0 })),
        ("manifest.json", Err(BundleError::Taken)),
        ("INDEX.html", Err(BundleError::Taken)),
        ("sha256sums", Err(BundleError::Taken)),
        ("data/visits.csv", Err(BundleError::Taken)),
        ("letters/A.TXT", Err(BundleError::Taken)),
        ("letters", Err(BundleError::Taken)),
        ("letters/a.txt/b", Err(BundleError::Taken)),
    ];
    for (path, expected) in cases {
        assert_eq!(add(path), expected, "{path}");
    }
    let long = "a".repeat(201);
    assert_eq!(add(&long), name(FileNameError::Length { length: 201 }));
    let mut bundle = Bundle::new(cover());
    bundle.add_table(visits(Reuse::Portable)).unwrap();
    assert_eq!(bundle.add_table(visits(Reuse::Portable)), Err(BundleError::Taken));
}

#[test]
fn tables_are_rectangular() {
    let table = |name, columns: &[&str]| Table::new(name, "T", columns, Reuse::AccessOnly);
    assert_eq!(table("t", &[]), Err(TableError::NoColumns));
    assert_eq!(table("t", &["a", "b", "a"]), Err(TableError::Twice { column: 2 }));
    let named = |error: FileNameError| Err(TableError::Name(error));
    assert_eq!(table("a/b", &["a"]), named(FileNameError::Character { at: 1 }));
    assert_eq!(table("a.b", &["a"]), named(FileNameError::Character { at: 1 }));
    assert_eq!(table("", &["a"]), named(FileNameError::Length { length: 0 }));
    let mut two = table("t", &["a", "b"]).unwrap();
    let wide = TableError::Width { cells: 1, columns: 2 };
    assert_eq!(two.push(vec![Cell::Empty]), Err(wide));
}

proptest! {
    /// Whatever a cell holds, CSV read by its rules gives it back, but for apostrophes.
    #[test]
    fn csv_reads_back(cells in prop::collection::vec(any::<String>(), 1..4)) {
        let names: Vec<String> = (0..cells.len()).map(|n| format!("c{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut table = Table::new("t", "T", &names, Reuse::AccessOnly).unwrap();
        table.push(cells.iter().map(|cell| Cell::text(cell)).collect()).unwrap();
        let mut bundle = Bundle::new(cover());
        bundle.add_table(table).unwrap();
        let bundle = bundle.seal();
        let csv = text(&bundle, "data/t.csv");
        let row = csv.split_once("\r\n").unwrap().1.strip_suffix("\r\n").unwrap();
        let mut rest = row;
        for (number, cell) in cells.iter().enumerate() {
            if number > 0 {
                rest = rest.strip_prefix(',').unwrap();
            }
            rest = rest.strip_prefix('"').unwrap();
            let mut field = String::new();
            loop {
                let at = rest.find('"').unwrap();
                field.push_str(&rest[..at]);
                rest = &rest[at + 1..];
                let Some(more) = rest.strip_prefix('"') else { break };
                field.push('"');
                rest = more;
            }
            // Every character in its place, and beside them nothing but apostrophes.
            let mut left = cell.chars().peekable();
            for character in field.chars() {
                if left.next_if_eq(&character).is_none() {
                    prop_assert_eq!(character, '\'');
                }
            }
            prop_assert_eq!(left.next(), None);
        }
        prop_assert_eq!(rest, "");
    }
}
