"""Duo's `duo_client` for Python: the Auth API and the Admin API of the simulator."""

import hashlib
import ssl
import time

import duo_client

from simulator import SETTINGS, asked, checked, fault, keys, messages, post, refused

BATCH = 7  # digits of a passcode in a text message


def client(kind, application, **more):
    ikey, skey = keys(application)
    given = {"ikey": ikey, "skey": skey, "host": "localhost", "port": SETTINGS["port"]}
    given |= {"ca_certs": SETTINGS["ca"], "timeout": 90} | more
    return kind(**given)


auth = client(duo_client.Auth, "auth")
admin = client(duo_client.Admin, "admin")


def ping():
    assert abs(auth.ping()["time"] - time.time()) < 60


def check():
    assert abs(auth.check()["time"] - time.time()) < 60


def every_signature():
    for version in (2, 4, 5):
        client(duo_client.Auth, "auth", sig_version=version).check()
    for digest in (hashlib.sha1, hashlib.sha512):
        old = client(duo_client.Auth, "auth", sig_version=2, digestmod=digest)
        assert old.preauth(username="push-allow")["result"] == "auth"


def wrong_keys():
    ikey, _ = keys("auth")
    for changed, words in (
        ({"skey": "x" * 40}, ("401", "Invalid signature in request credentials")),
        ({"ikey": "DI" + "X" * 18}, ("401", "Invalid integration key in request credentials")),
    ):
        error = refused(client(duo_client.Auth, "auth", **changed).check, *words)
        assert error.status == 401, error.status
    other = client(duo_client.Auth, "admin")
    error = refused(other.check, "403", "Wrong integration type for this API.")
    assert error.status == 403, error.status


def clock():
    post("skew", seconds=301)
    try:
        refused(auth.check, "401", "Bad request timestamp")
    finally:
        post("skew", seconds=0)
    auth.check()


def certificate():
    ikey, skey = keys("auth")
    pinned = duo_client.Auth(ikey, skey, host="localhost", port=SETTINGS["port"])
    assert isinstance(refused(pinned.ping), ssl.SSLError)


def logo():
    assert auth.logo().startswith(b"\x89PNG\r\n\x1a\n")


def preauth():
    known = auth.preauth(username="sms", ipaddr="192.0.2.7")
    assert known["result"] == "auth", known
    [phone] = known["devices"]
    assert phone["capabilities"] == ["auto", "push", "sms", "phone", "mobile_otp"], phone
    assert phone["number"].endswith("-0100") and "555" not in phone["number"], phone
    [token] = auth.preauth(username="hardware-token")["devices"]
    assert token["type"] == "token" and "capabilities" not in token, token
    for name, result in (("bypass", "allow"), ("locked", "deny"), ("unenrolled", "enroll")):
        assert auth.preauth(username=name)["result"] == result, name
    # Signed over their encoded form: letters beyond ASCII, and every sign there is.
    for name in ("Zoë Ångström 漢字 🔑", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t"):
        assert auth.preauth(username=name)["result"] == "enroll", name


def push():
    pushed = auth.auth("push", username="push-allow", device="auto", pushinfo="from=login%20portal")
    assert (pushed["result"], pushed["status"]) == ("allow", "allow"), pushed
    denied = auth.auth("push", username="push-deny", device="auto", type="Transfer")
    assert (denied["result"], denied["status"]) == ("deny", "deny"), denied
    refused(lambda: auth.auth("push", username="phone", device="auto"), "400", "no capable device")


def remembered():
    token = auth.auth("push", username="push-allow", device="auto")["trusted_device_token"]
    answer = auth.preauth(username="push-allow", trusted_device_token=token)
    assert answer["result"] == "allow", answer


def passcode():
    typed = lambda code: auth.auth("passcode", username="passcode", passcode=code)
    assert typed("123456789")["result"] == "allow"
    again = typed("123456789")
    assert (again["result"], again["status_msg"]) == (
        "deny",
        "Incorrect passcode. Please try again.",
    ), again
    assert typed(post("press", username="passcode")["passcode"])["result"] == "allow"
    # RFC 4226, appendix D: the first codes of its key.
    for code in ("755224", "287082"):
        answer = auth.auth("passcode", username="hardware-token", passcode=code)
        assert answer["result"] == "allow", answer


def sms():
    sent = auth.auth("sms", username="sms", device="auto")
    assert (sent["result"], sent["status"]) == ("deny", "sent"), sent
    codes = [word for word in messages("sms")[-1].split(" ") if len(word) == BATCH]
    assert auth.preauth(username="sms")["devices"][0]["sms_nextcode"] == codes[0][0]
    typed = lambda code: auth.auth("passcode", username="sms", passcode=code)["result"]
    assert (typed(codes[0]), typed(codes[0])) == ("allow", "deny")


def asynchronous():
    txid = auth.auth("push", username="sms", device="auto", async_txn=True)["txid"]
    first = auth.auth_status(txid)
    assert (first["waiting"], first["status"]) == (True, "pushed"), first
    [waiting] = asked("sms")
    post("decide", txid=waiting["txid"], decision="approve")
    second = auth.auth_status(txid)
    assert (second["waiting"], second["success"], second["status"]) == (False, True, "allow")
    call = auth.auth("phone", username="phone", device="auto", async_txn=True)["txid"]
    assert auth.auth_status(call)["status"] == "calling"
    post("answer", txid=call)
    assert auth.auth_status(call)["status"] == "answered"
    post("decide", txid=call, decision="fraud")
    last = auth.auth_status(call)
    assert (last["success"], last["status"]) == (False, "fraud"), last
    refused(lambda: auth.auth_status("unknown"), "400", "txid")


def verified_push():
    shown = auth.preauth(username="verified-push", client_supports_verified_push="1")
    given = {"username": "verified-push", "device": "auto", "txid": shown["txid"]}
    txid = auth.auth("push", async_txn=True, **given)["txid"]
    [waiting] = asked("verified-push")
    post("decide", txid=waiting["txid"], decision="approve", code=shown["verification_code"])
    assert auth.auth_status(txid)["status"] == "pushed"
    assert auth.auth_status(txid)["success"]


def enrolment():
    new = auth.enroll("newcomer", valid_secs=600, bypass_codes=2)
    status = lambda: auth.enroll_status(new["user_id"], new["activation_code"])
    assert status() == "waiting"
    post("scan", user_id=new["user_id"])
    assert status() == "success"
    assert auth.enroll_status(new["user_id"], "duo://another") == "invalid"
    assert auth.preauth(user_id=new["user_id"])["result"] == "auth"
    first, second = new["bypass_codes"]
    for code in (first, second):
        answer = auth.auth("passcode", user_id=new["user_id"], passcode=code)
        assert answer["result"] == "allow", answer
    refused(lambda: auth.enroll("newcomer"), "400", "username already exists")


def rate_limit():
    fault("/auth/v2/check", times=2, kind="rate_limited")
    began = time.monotonic()
    auth.check()
    # It waits one second and two, and up to one more each time.
    assert 3 <= time.monotonic() - began < 30


def outage():
    for what in ({"kind": "status", "status": 503}, {"kind": "not_json"}):
        fault("/auth/v2/check", **what)
        refused(auth.check)
    auth.check()


def users():
    for number in range(250):
        admin.add_user(f"user-{number}", realname=f"Number {number}")
    names = {user["username"] for user in admin.get_users()}
    assert {f"user-{number}" for number in range(250)} <= names
    [one] = admin.get_users_by_name("user-7")
    assert one["realname"] == "Number 7", one
    assert admin.get_user_by_id(one["user_id"])["username"] == "user-7"
    admin.update_user(one["user_id"], status="disabled")
    assert auth.preauth(username="user-7")["result"] == "deny"
    admin.delete_user(one["user_id"])
    assert admin.get_users_by_name("user-7") == []


def devices():
    user = admin.add_user("tina")["user_id"]
    phone = admin.add_phone(number="+15555550123", type="mobile", platform="apple ios")["phone_id"]
    admin.add_user_phone(user, phone)
    assert admin.get_phone_by_id(phone)["number"] == "+15555550123"
    # "12345678901234567890": the key of RFC 4226, appendix D.
    token = admin.add_hotp6_token("100002", b"12345678901234567890".hex(), counter=0)["token_id"]
    admin.add_user_token(user, token)
    admin.resync_hotp_token(token, "287082", "359152", "969429")
    answer = auth.auth("passcode", username="tina", passcode="338314")
    assert answer["result"] == "allow", answer
    assert admin.get_token_by_id(token)["serial"] == "100002"
    [code] = admin.add_user_bypass_codes(user, count=1, remaining_uses=2)
    uses = [auth.auth("passcode", username="tina", passcode=code)["result"] for _ in range(3)]
    assert uses == ["allow", "allow", "deny"], uses
    chosen = admin.add_user_bypass_codes(user, codes=["246813579"])
    assert chosen == ["246813579"], chosen
    [kept] = admin.get_user_bypass_codes(user)
    admin.delete_bypass_code_by_id(kept["bypass_code_id"])
    assert admin.get_webauthncredentials() == []
    admin.delete_token(token)
    admin.delete_phone(phone)
    assert admin.get_user_phones(user) == []


def log():
    span = {"mintime": int(time.time() - 3_600) * 1_000, "maxtime": int(time.time() + 60) * 1_000}
    everything = admin.get_authentication_log(api_version=2, limit="1000", **span)
    total = everything["metadata"]["total_objects"]
    assert total == len(everything["authlogs"]) > 10, total
    pages, cursor = [], None
    while True:
        more = {"next_offset": cursor} if cursor else {}
        page = admin.get_authentication_log(api_version=2, limit="4", sort="ts:asc", **span, **more)
        pages += page["authlogs"]
        if not page["metadata"]["next_offset"]:
            break
        cursor = ",".join(page["metadata"]["next_offset"])
    newest_first = [event["txid"] for event in everything["authlogs"]]
    assert [event["txid"] for event in pages] == newest_first[::-1]
    fraud = admin.get_authentication_log(api_version=2, results="fraud", **span)["authlogs"]
    assert [event["factor"] for event in fraud] == ["phone_call"], fraud
    refused(lambda: auth.json_api_call("GET", "/admin/v1/users", {}), "403")


checked(
    [
        ping,
        check,
        every_signature,
        wrong_keys,
        clock,
        certificate,
        logo,
        preauth,
        push,
        remembered,
        passcode,
        sms,
        asynchronous,
        verified_push,
        enrolment,
        rate_limit,
        outage,
        users,
        devices,
        log,
    ]
)
