"""Looking after keys over HTTP: which there are, and that one counts no more. New ones are made on the command line."""

from __future__ import annotations

from api.calls import Answer, Call
from wiring import access
from wiring.told import keys as told


def of_keys(call: Call) -> Answer:
    return 200, [told.as_json(call.asking, key) for key in access.listed(call.asking.konto)]


def revoke(call: Call) -> Answer:
    """From the next request on nothing is answered to it; once more does nothing."""
    return 200, told.as_json(call.asking, access.revoke(call.asking.konto, call.values["key"]))
