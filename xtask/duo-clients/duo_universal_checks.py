"""Duo's `duo_universal` for Python: the Universal Prompt of the simulator."""

import re
import unittest.mock
import urllib.parse

import jwt
import requests
from duo_universal.client import Client, DuoException

from simulator import SETTINGS, checked, fault, keys, post, refused

CALLBACK = "https://clinic.example/duo/callback"
NONCE = "n" * 36


def client(**more):
    client_id, secret = keys("prompt")
    host = f"localhost:{SETTINGS['port']}"
    given = {"client_id": client_id, "client_secret": secret, "host": host}
    return Client(**given | {"redirect_uri": CALLBACK, "duo_certs": SETTINGS["ca"]} | more)


duo = client()


def visit(address, **form):
    """A browser at the prompt, until it is sent back: the query that it brings."""
    browser = requests.Session()
    # What the environment says of authorities would win.
    browser.trust_env, browser.verify = False, SETTINGS["ca"]
    reply = browser.get(address, allow_redirects=False)
    for _ in range(100):
        location = reply.headers.get("Location")
        if location and location.startswith(CALLBACK):
            return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        if location:
            address = urllib.parse.urljoin(reply.url, location)
            reply = browser.get(address, allow_redirects=False)
        elif form:
            assert reply.status_code == 200, reply.text
            fields = dict(re.findall(r'name="(sid|device)" value="([^"]*)"', reply.text))
            page = urllib.parse.urljoin(reply.url, "/frame/prompt")
            reply = browser.post(page, data=fields | form, allow_redirects=False)
            form = {}
        else:
            reply = browser.get(reply.url, allow_redirects=False)
    raise AssertionError(f"never sent back from {reply.url}: {reply.text}")


def sign_in(user="bypass", nonce=None, with_client=duo, code="duo_code", **form):
    state = with_client.generate_state()
    back = visit(with_client.create_auth_url(user, state, nonce), **form)
    assert back["state"] == state, back
    exchange = with_client.exchange_authorization_code_for_2fa_result
    return lambda: exchange(back[code], user, nonce)


def health_check():
    assert duo.health_check()["stat"] == "OK"
    wrong = client(client_secret="x" * 40)
    assert isinstance(refused(wrong.health_check, "invalid_client"), DuoException)


def push():
    token = sign_in("push-allow", factor="push")()
    assert token["preferred_username"] == "push-allow", token
    assert token["auth_result"]["result"] == "allow", token
    context = token["auth_context"]
    assert (context["factor"], context["result"]) == ("duo_push", "success"), context


def nonce():
    assert sign_in(nonce=NONCE)()["nonce"] == NONCE
    assert "nonce" not in sign_in()()
    fault("/oauth/v1/token", kind="claim", pointer="/nonce", value="m" * 36)
    refused(sign_in(nonce=NONCE), "nonce")


def code_attribute():
    token = sign_in(with_client=client(use_duo_code_attribute=False), code="code")()
    assert token["preferred_username"] == "bypass", token


def passcode():
    code = post("press", username="push-allow")["passcode"]
    token = sign_in("push-allow", factor="passcode", passcode=code)()
    assert token["auth_context"]["factor"] == "duo_mobile_passcode", token


def replay():
    exchange = sign_in()
    exchange()
    refused(exchange, "invalid_grant")


def cancelled():
    back = visit(duo.create_auth_url("sms", "s" * 36), factor="cancel")
    assert back == {"state": "s" * 36, "error": "access_denied"}, back


def mutations():
    for what, words in (
        ({"kind": "claim", "pointer": "/iss", "value": "https://evil.example"}, ("issuer",)),
        ({"kind": "claim", "pointer": "/aud", "value": "DIEVIL"}, ("udience",)),
        ({"kind": "claim", "pointer": "/exp", "value": 1_600_000_000}, ("expired",)),
        ({"kind": "claim", "pointer": "/exp", "value": None}, ("exp",)),
        ({"kind": "claim", "pointer": "/preferred_username", "value": "alice"}, ("username",)),
        ({"kind": "algorithm", "name": "none"}, ("alg",)),
        ({"kind": "algorithm", "name": "HS256"}, ("alg",)),
        ({"kind": "key"}, ("ignature",)),
        ({"kind": "rate_limited"}, ()),
        ({"kind": "status", "status": 503}, ()),
        ({"kind": "not_json"}, ()),
    ):
        exchange = sign_in()
        fault("/oauth/v1/token", **what)
        refused(exchange, *words)
    sign_in()()


def other_algorithms():
    # Signed by what they name, so that whoever lets a token choose would believe them.
    for name in ("HS256", "HS384"):
        exchange, seen, send = sign_in(), [], requests.post

        def keep(*args, **more):
            reply = send(*args, **more)
            seen.append(reply.json()["id_token"])
            return reply

        fault("/oauth/v1/token", kind="algorithm", name=name)
        with unittest.mock.patch.object(requests, "post", keep):
            refused(exchange, "alg")
        _, secret = keys("prompt")
        claims = jwt.decode(seen[0], secret, algorithms=[name], options={"verify_aud": False})
        assert claims["preferred_username"] == "bypass", claims


def assertion():
    # Each is good once; the client makes another for each call.
    sent, send = [], requests.post

    def keep(*args, **more):
        sent.append((args, more))
        return send(*args, **more)

    with unittest.mock.patch.object(requests, "post", keep):
        duo.health_check()
        duo.health_check()
    [(args, more), _] = sent
    assert send(*args, **more).json()["message"] == "invalid_client"


checked(
    [
        health_check,
        push,
        nonce,
        code_attribute,
        passcode,
        replay,
        cancelled,
        mutations,
        other_algorithms,
        assertion,
    ]
)
