"""Reads receipts with jsonschema, pyld and fideslang, and prints a line for each thing checked.

Arguments: the folder with kantara.json, iso27560.json and dpv.json; the folder with the lists of
terms. What the schemas hold the receipts to is the published field tables; see their "$comment".
"""

import copy
import json
import pathlib
import sys

import jsonschema
from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from pyld import jsonld

receipts, vectors = map(pathlib.Path, sys.argv[1:])
here = pathlib.Path(__file__).parent

PREFIXES = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "legal-gb": "https://w3id.org/dpv/legal/gb#",
    "loc": "https://w3id.org/dpv/loc#",
    "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
}


def read(name):
    return json.loads((receipts / name).read_text())


def lines(name):
    text = (vectors / name).read_text()
    return {line for line in text.splitlines() if not line.startswith("#")}


def places(value, path=()):
    """The path to each member of each object."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def without(document, path):
    changed = copy.deepcopy(document)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return changed


def validate(name, schema_file, optional):
    """The receipt is valid; and without any member but the optional ones, it is not."""
    schema = json.loads((here / schema_file).read_text())
    checker = jsonschema.Draft202012Validator
    checker.check_schema(schema)
    validator = checker(schema, format_checker=checker.FORMAT_CHECKER)
    receipt = read(f"{name}.json")
    validator.validate(receipt)
    print("ok", name)
    tried = 0
    for path in places(receipt):
        if path[-1] not in optional:
            assert not validator.is_valid(without(receipt, path)), path
            tried += 1
    assert tried > 30, tried
    print("ok", name, "refuses what is missing")


validate(
    "kantara",
    "kantara-1.1.0.schema.json",
    {
        "language", "onBehalf", "piiControllerUrl", "purpose", "primaryPurpose",
        # The address is an object of any members.
        "streetAddress", "addressLocality", "postalCode", "addressCountry",
    },
)
validate(
    "iso27560",
    "iso27560.schema.json",
    {
        "purpose_type", "lawful_basis", "collection_method", "processing_method",
        "processing_locations", "service", "privacy_rights", "authority_party",
        "pii_attribute_id", "pii_optional", "sensitive_pii_category", "special_pii_category",
        "party_email", "party_url", "party_phone", "party_role",
        # Ours: where the notice is identified beyond its address.
        "id", "version", "means",
    },
)


def no_network(url, options):
    raise AssertionError(f"{url} was to be fetched")


jsonld.set_document_loader(no_network)
document = read("dpv.json")
expanded = jsonld.expand(document)


def members(value):
    if isinstance(value, dict):
        own = sum(1 for name in value if not name.startswith("@"))
        return own + sum(members(inner) for name, inner in value.items() if name != "@context")
    if isinstance(value, list):
        return sum(map(members, value))
    return 0


assert len(expanded) == 1
assert members(expanded) == members(document) > 100, (members(expanded), members(document))
triples = jsonld.to_rdf(document)["@default"]
assert len(triples) > 150, len(triples)
print("ok dpv expands without the network, and loses nothing")

known = set()
for term in lines("dpv-2.3.txt"):
    prefix, name = term.split(":", 1)
    known.add(PREFIXES[prefix] + name)
used = set()
for triple in triples:
    for part in ("subject", "predicate", "object"):
        if triple[part]["type"] == "IRI" and triple[part]["value"].startswith("https://w3id.org/"):
            used.add(triple[part]["value"])
assert used - known == set(), used - known
assert len(used) > 50, len(used)
status = PREFIXES["dpv"] + "hasConsentStatus"
assert sum(triple["predicate"]["value"] == status for triple in triples) == 7
print("ok dpv has every term")

keys = {f"data_category {it.fides_key}" for it in DEFAULT_TAXONOMY.data_category}
keys |= {f"data_use {it.fides_key}" for it in DEFAULT_TAXONOMY.data_use}
listed = lines("fideslang-3.1.txt")
assert listed <= keys, listed - keys
print("ok fideslang has every key")
