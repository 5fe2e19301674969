"""Reads a bundle with what comes with Python, and compares it with what was put in."""

import csv
import hashlib
import html.parser
import io
import json
import re
import sys
import zipfile

archive = zipfile.ZipFile(sys.argv[1])
texts = json.load(open(sys.argv[2], encoding="utf-8"))

assert archive.testzip() is None
assert [info.filename for info in archive.infolist()] == sorted(archive.namelist())
for info in archive.infolist():
    assert info.date_time == (1980, 1, 1, 0, 0, 0), info
    assert info.compress_type == zipfile.ZIP_STORED, info
    assert info.external_attr >> 16 == 0o100600, info

manifest = json.loads(archive.read("manifest.json"))
assert manifest["schema"] == "upheld-export/1"
assert manifest["checkpoint"].startswith("northside.example/log\n0\n")
listed = {file["path"] for file in manifest["files"]}
assert listed == set(archive.namelist()) - {"manifest.json", "SHA256SUMS"}
for file in manifest["files"]:
    content = archive.read(file["path"])
    assert hashlib.sha256(content).hexdigest() == file["sha256"], file
    assert len(content) == file["bytes"], file

withheld = "it is about somebody else"
row = {"known": True, "nothing": None, "withheld": {"withheld": withheld}}
expected = [dict(row, text=text, number=number - 3) for number, text in enumerate(texts)]
assert json.loads(archive.read("data/notes.json")) == expected
assert json.loads(archive.read("data/bills.json")) == []
lines = archive.read("portable.ndjson").decode().splitlines()
assert [json.loads(line) for line in lines] == [{"table": "notes", "data": it} for it in expected]

file = io.StringIO(archive.read("data/notes.csv").decode("utf-8-sig"), newline="")
rows = list(csv.DictReader(file, strict=True))
for found, text in zip(rows, texts, strict=True):
    formula = text.startswith(("=", "@", "\t"))
    # What another separator than the comma would make the beginning of a cell is guarded as well.
    guarded = re.sub(r"(?<=[;\t|\n\r])(?=[=+@-])", "'", text)
    assert found["text"] == ("'" + guarded if formula else guarded), found
    assert found["nothing"] == "" and found["known"] == "true", found
assert [int(found["number"]) for found in rows] == list(range(-3, len(texts) - 3))


class Page(html.parser.HTMLParser):
    """Collects what a reader needs, and fails on what it must not have."""

    EMPTY = {"meta"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.targets, self.headings = [], [], [], []
        self.cells, self.scopes, self.language = [], 0, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        assert tag not in {"script", "iframe", "img", "link", "object", "form"}, tag
        assert not any(name.startswith("on") for name in attributes), attributes
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "html":
            self.language = attributes["lang"]
        if tag == "a":
            self.targets.append(attributes["href"])
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(int(tag[1]))
        if tag == "th":
            assert attributes["scope"] == "col"
            self.scopes += 1
        if tag == "td":
            self.cells.append("")
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "td":
            self.cells[-1] += data


page = Page()
page.feed(archive.read("index.html").decode())
page.close()
assert page.open == [] and page.language == "en-GB"
assert len(page.ids) == len(set(page.ids)), page.ids
for target in page.targets:
    known = target[1:] in page.ids if target.startswith("#") else target in archive.namelist()
    assert known, target
assert page.headings[0] == 1 and set(page.headings[1:]) == {2}, page.headings
assert page.scopes == 5 and len(page.cells) == 5 * len(texts)
shown = [text.replace("\u202e", "\ufffd").replace("\r\n", "\n") for text in texts]
assert page.cells[::5] == shown, page.cells[::5]
