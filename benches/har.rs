//! Reading a recording of traffic: every `Set-Cookie` field of 32 MB that are mostly bodies.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use criterion::Throughput;
use serde_json::Value;
use upheld_cookies::har::Har;

mod settings;

const ENTRIES: usize = 512;

/// As browsers write it: header fields, timings, and a body of 64 kB, in turn text with escapes, and
/// base64.
fn recording() -> String {
    let text = "<p class=\\\"note\\\">What we do with cookies, and why.</p>\\n".repeat(1170);
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ".repeat(1480);
    let entry = |number: usize| {
        let (encoding, body) = match number % 2 {
            0 => ("", &text),
            _ => (r#""encoding":"base64","#, &base64),
        };
        format!(
            r#"{{"startedDateTime":"2026-11-27T12:00:00.000Z","time":12.5,"request":{{"method":"GET",
            "url":"https://clinic.example/{number}","httpVersion":"HTTP/2","cookies":[],"headers":[
            {{"name":"Accept","value":"*/*"}},{{"name":"Cookie","value":"a=1; b=2"}}],"queryString":[],
            "headersSize":-1,"bodySize":0}},"response":{{"status":200,"statusText":"OK",
            "httpVersion":"HTTP/2","cookies":[],"headers":[{{"name":"Content-Type","value":"text/html"}},
            {{"name":"Set-Cookie","value":"id={number}; Path=/; Secure; HttpOnly"}}],"redirectURL":"",
            "headersSize":-1,"bodySize":65536,"content":{{"size":65536,"mimeType":"text/html",{encoding}
            "text":"{body}"}}}},"cache":{{}},"timings":{{"send":0,"wait":12,"receive":0.5}}}}"#
        )
    };
    let entries: Vec<String> = (0..ENTRIES).map(entry).collect();
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"bench","version":"1"}},"entries":[{}]}}}}"#,
        entries.join(",")
    )
}

fn ours(text: &str) -> usize {
    let har = Har::new(text.as_bytes());
    har.map(|entry| entry.expect("a recording").set_cookies().len()).sum()
}

/// The whole as a tree, as most readers do it.
fn tree(text: &str) -> usize {
    let tree: Value = serde_json::from_str(text).expect("JSON");
    let entries = tree.pointer("/log/entries").and_then(Value::as_array).expect("entries");
    let headers = entries.iter().filter_map(|entry| entry.pointer("/response/headers"));
    let headers = headers.filter_map(Value::as_array).flatten();
    headers.filter(|header| header.get("name").is_some_and(|name| name == "Set-Cookie")).count()
}

fn main() {
    let text = recording();
    assert_eq!([ours(&text), tree(&text)], [ENTRIES; 2]);

    let mut criterion = settings::criterion();
    let mut group = criterion.benchmark_group("har");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(u64::try_from(text.len()).expect("a length")));
    group.bench_function("upheld", |b| b.iter(|| ours(black_box(&text))));
    group.bench_function("serde_json tree", |b| b.iter(|| tree(black_box(&text))));
    group.finish();
    criterion.final_summary();
}
