"""Writes google_migration.json: exports encoded by Google's own protobuf library.

    pip install protobuf==7.36.2 && python3 google_migration.py > google_migration.json

The schema is built at run time, so that no generated code is needed. The label columns are what a
reader must make of `name` and `issuer`; everything else stands in the messages as given here.
"""

import base64
import json
from urllib.parse import quote

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = descriptor_pb2.FieldDescriptorProto
TYPES = {
    "bytes": Field.TYPE_BYTES,
    "string": Field.TYPE_STRING,
    "int32": Field.TYPE_INT32,
    "int64": Field.TYPE_INT64,
    "fixed32": Field.TYPE_FIXED32,
    "double": Field.TYPE_DOUBLE,
}


def message(file, name, fields):
    proto = file.message_type.add(name=name)
    for number, kind, field in fields:
        entry = proto.field.add(name=field, number=number, label=Field.LABEL_OPTIONAL)
        entry.proto3_optional = field == "batch_index"
        if kind == "entry":
            entry.type, entry.label = Field.TYPE_MESSAGE, Field.LABEL_REPEATED
            entry.type_name = ".OtpParameters"
        else:
            entry.type = TYPES[kind]
        if entry.proto3_optional:
            entry.oneof_index = len(proto.oneof_decl)
            proto.oneof_decl.add(name="_" + field)


file = descriptor_pb2.FileDescriptorProto(name="migration.proto", syntax="proto3")
message(file, "OtpParameters", [
    (1, "bytes", "secret"), (2, "string", "name"), (3, "string", "issuer"),
    # Enumerations travel as int32; this way the unknown values can be written too.
    (4, "int32", "algorithm"), (5, "int32", "digits"), (6, "int32", "type"),
    (7, "int64", "counter"), (8, "string", "unique_id"), (99, "double", "unknown"),
])
message(file, "MigrationPayload", [
    (1, "entry", "otp_parameters"), (2, "int32", "version"), (3, "int32", "batch_size"),
    (4, "int32", "batch_index"), (5, "int32", "batch_id"), (77, "fixed32", "unknown"),
])
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Payload = message_factory.GetMessageClass(pool.FindMessageTypeByName("MigrationPayload"))


def uri(payload):
    data = base64.b64encode(payload.SerializeToString(deterministic=True)).decode()
    return "otpauth-migration://offline?data=" + quote(data, safe="")


def case(about, parts, expected=None, error=None):
    uris = []
    for entries, rest in parts:
        payload = Payload(**rest)
        for entry in entries:
            payload.otp_parameters.add(**entry)
        uris.append(uri(payload))
    case = {"about": about, "uris": uris}
    case.update({"error": error} if error else {"entries": expected})
    return case


SHA1 = b"12345678901234567890"
SHA256 = b"12345678901234567890123456789012"
SHA512 = (b"1234567890" * 7)[:64]
ONE = {"version": 1, "batch_size": 1, "batch_index": 0}


def entry(secret, issuer, account, kind, algorithm="SHA1", digits=6, counter=None):
    text = base64.b32encode(secret).decode().rstrip("=")
    return {"secret": text, "issuer": issuer, "account": account, "type": kind,
            "algorithm": algorithm, "digits": digits, "counter": counter}


cases = [
    case("a single entry and a negative batch id", [(
        [{"secret": SHA1, "name": "alice", "issuer": "Clinic", "algorithm": 1, "digits": 1, "type": 2}],
        {**ONE, "batch_id": -1320898453},
    )], [entry(SHA1, "Clinic", "alice", "totp")]),
    case("all parameters", [(
        [
            {"secret": SHA256, "name": "b", "algorithm": 2, "digits": 2, "type": 2},
            {"secret": SHA512, "name": "c", "algorithm": 3, "digits": 1, "type": 1, "counter": 2**63 - 1},
            {"secret": SHA1, "name": "d", "algorithm": 1, "digits": 2, "type": 1, "counter": 4},
        ],
        {**ONE, "batch_id": 2**31 - 1},
    )], [
        entry(SHA256, None, "b", "totp", "SHA256", 8),
        entry(SHA512, None, "c", "hotp", "SHA512", 6, 2**63 - 1),
        entry(SHA1, None, "d", "hotp", "SHA1", 8, 4),
    ]),
    case("unspecified enumerations, and a version that leaves the batch out", [(
        [{"secret": SHA1, "name": "bare"}], {"version": 2},
    )], [entry(SHA1, None, "bare", "totp")]),
    case("a counter of zero, which protobuf leaves out", [(
        [{"secret": SHA1, "name": "zero", "type": 1}], ONE,
    )], [entry(SHA1, None, "zero", "hotp", counter=0)]),
    case("both names in one field, with and without the other", [(
        [
            {"secret": SHA1, "name": "Clinic: alice"},
            {"secret": SHA1, "name": "Clinic:alice", "issuer": "Clinic"},
            {"secret": SHA1, "name": "encoding: \u00bf\u00e4\u00c4\u00e9\u00c9? (demo)"},
        ], ONE,
    )], [
        entry(SHA1, "Clinic", "alice", "totp"),
        entry(SHA1, "Clinic", "alice", "totp"),
        entry(SHA1, "encoding", "\u00bf\u00e4\u00c4\u00e9\u00c9? (demo)", "totp"),
    ]),
    case("fields that are not known, in the entry and in the payload", [(
        [{"secret": SHA1, "name": "new", "unique_id": "7f1c", "unknown": 1.5}],
        {**ONE, "version": 2, "unknown": 7},
    )], [entry(SHA1, None, "new", "totp")]),
    case("bytes whose base64 is full of plus signs and slashes", [(
        [{"secret": b"\xfb\xef\xbe\xff\xff\xff" * 4, "name": "\u07fe\u07ff>>>???"}], {**ONE, "batch_id": -1},
    )], [entry(b"\xfb\xef\xbe\xff\xff\xff" * 4, None, "\u07fe\u07ff>>>???", "totp")]),
    case("three parts out of order", [
        ([{"secret": SHA1, "name": name}],
         {"version": 1, "batch_size": 3, "batch_index": index, "batch_id": -2**31})
        for name, index in [("third", 2), ("first", 0), ("second", 1)]
    ], [entry(SHA1, None, name, "totp") for name in ["first", "second", "third"]]),
    case("MD5", [([{"secret": SHA1, "name": "x", "algorithm": 4}], ONE)], error="algorithm is MD5"),
    case("an unknown algorithm", [([{"secret": SHA1, "name": "x", "algorithm": 5}], ONE)],
         error="algorithm must be"),
    case("an unknown number of digits", [([{"secret": SHA1, "name": "x", "digits": 6}], ONE)],
         error="digits must be"),
    case("an unknown type", [([{"secret": SHA1, "name": "x", "type": 3}], ONE)], error="type must be"),
    case("a negative enumeration", [([{"secret": SHA1, "name": "x", "type": -1}], ONE)],
         error="type must be"),
    case("a counter below zero", [([{"secret": SHA1, "name": "x", "type": 1, "counter": -1}], ONE)],
         error="counter must be"),
    case("no secret", [([{"name": "x"}], ONE)], error="an empty secret"),
    case("a version yet to come", [([{"secret": SHA1, "name": "x"}], {**ONE, "version": 3})],
         error="version 3"),
    case("an index outside the batch", [([], {"batch_size": 2, "batch_index": 2})],
         error="part 2 of 2 cannot be"),
    case("a batch of less than nothing", [([], {"batch_size": -1})], error="part 0 of -1 cannot be"),
    case("a batch without end", [([], {"batch_size": 2**31 - 1})],
         error="part 0 of 2147483647 cannot be"),
]
print(json.dumps(cases, indent=1))
