"""The other side of the simulator: what the person does, and what goes wrong."""

import json
import os
import urllib.parse
import urllib.request

SETTINGS = json.loads(os.environ["DUO_SIM"])


def keys(application):
    """The two keys of the application `auth`, `admin` or `prompt`."""
    return tuple(SETTINGS[application].split(" "))


def _call(path, body=None, kind="application/x-www-form-urlencoded"):
    request = urllib.request.Request(
        SETTINGS["phones"] + path, data=body, headers={"Content-Type": kind}
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def post(path, **fields):
    done = _call(path, urllib.parse.urlencode(fields).encode())
    assert done["done"], (path, fields)
    return done


def fault(path, times=1, **what):
    body = {"path": path, "times": times, "fault": what}
    _call("fault", json.dumps(body).encode(), "application/json")


def asked(username):
    """The pushes and calls of a person that are not over."""
    state = _call("state")["asked"]
    return [one for one in state if one["username"] == username and not one["is_over"]]


def messages(username):
    """The text messages of a person, newest last."""
    return [one["body"] for one in _call("state")["messages"] if one["username"] == username]


def checked(checks):
    """Runs each check, and says so; the first that fails ends it."""
    for check in checks:
        check()
        print("ok", check.__name__, flush=True)


def refused(call, *words):
    """What an exception said, which must have been raised and have these words in it."""
    try:
        outcome = call()
    except Exception as error:  # the clients raise RuntimeError, DuoException and more
        text = str(error)
        assert all(word in text for word in words), f"{words} expected in {text!r}"
        return error
    raise AssertionError(f"{words} expected; the call answered {outcome!r}")
