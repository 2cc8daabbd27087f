"""Access keys of this home: made, revoked, listed, and who it is that comes with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from domain import access_key
from domain.access_key import FEED, AccessKey, AccessScope, KeyCreated, KeyRevoked, Token
from domain.errors import Refused
from domain.journal import KEY
from domain.people import Person
from domain.roles import Asker, Role, allowed
from domain.vault import FIRM
from projections import access_keys
from wiring.answering import by
from wiring.home import Konto
from words import N_


class Caller(NamedTuple):
    """Who comes with a key: the key's name for the log, what it opens, and who asks."""

    key: str
    scopes: tuple[AccessScope, ...]
    asker: Asker


def create(
    konto: Konto,
    entropy: Callable[[int], bytes],
    *,
    scopes: Sequence[AccessScope],
    roles: Sequence[Role] = (),
    person: str | None = None,
    purpose: str | None = None,
    expires: datetime | None = None,
) -> Token:
    """The new key. Nobody can be shown it again: only a digest is kept.

    Without `roles` it has those of the `person`; without one it is a manager's, which sees every customer.
    """
    allowed(konto.asker, "keys")
    now = konto.clock()
    if not scopes:
        raise Refused("missing", WHICH_SCOPE, "--scope", known=", ".join(access_key.SCOPES))
    if expires is not None and expires <= now:
        raise Refused("in_the_past", EXPIRED_ALREADY, "--expires")
    known = konto.steering.people.at(now).find(person)
    if person is not None and known is None:
        raise Refused("unknown_person", NOBODY_CALLED_SO, "--person", found=person[:60])
    token = access_key.new_token(entropy)
    data = KeyCreated(
        digest=token.digest,
        scopes=tuple(dict.fromkeys(scopes)),
        roles=tuple(dict.fromkeys(roles)) or (() if known else ("manager",)),
        person=konto.log.ids.person(known.id) if known else None,
        purpose=purpose,
        expires=expires,
        by=by(konto),
    )
    _note(konto, token.name, data)
    return token


def create_feed(konto: Konto, entropy: Callable[[int], bytes], person: str) -> Token:
    """The new token of a feed: whoever has it sees the open promises of this person, and nothing else."""
    allowed(konto.asker, "keys")
    known = konto.steering.people.at(konto.clock()).find(person)
    if known is None:
        raise Refused("unknown_person", NOBODY_CALLED_SO, "--person", found=person[:60])
    token = access_key.new_feed_token(entropy)
    internal = konto.log.ids.person(known.id)
    _note(konto, token.name, KeyCreated(digest=token.digest, scopes=(FEED,), roles=(), person=internal, by=by(konto)))
    return token


def revoke(konto: Konto, name: str, *, feed: bool = False) -> AccessKey:
    """From now on nothing is answered to it; once more does nothing."""
    allowed(konto.asker, "keys")
    found = _found(konto, name, feed=feed)
    if found.revoked is None:
        _note(konto, found.name, KeyRevoked(by=by(konto)))
    return _found(konto, found.name, feed=feed)


def listed(konto: Konto, *, feeds: bool = False) -> list[AccessKey]:
    """The keys, or the feeds."""
    return [each for each in access_keys.listed(konto.log, konto.views, konto.asker) if each.is_feed == feeds]


class Known:
    """Keys as they were last read: read again where something was noted of one since, in whatever process."""

    MOST = 1_000

    def __init__(self) -> None:
        self._keys: dict[str, tuple[int, AccessKey]] = {}

    def key(self, konto: Konto, name: str) -> AccessKey | None:
        last = konto.log.last([access_key.stream_of(name)])
        known = self._keys.get(name)
        if known is not None and known[0] == last:
            return known[1]
        found = _key(konto, name) if last else None
        if found is not None:
            if len(self._keys) >= self.MOST:
                self._keys.clear()
            self._keys[name] = (last, found)
        return found


def caller(konto: Konto, text: str, known: Known) -> Caller | None:
    """Who comes with this key; None for any that does not count, whatever the reason.

    The log itself is asked, so that a revoked key is refused from the next question on.
    """
    token = access_key.token(text) or access_key.Token("", text)
    now = konto.clock()
    key = known.key(konto, token.name)
    if not access_key.opens(key, token, now) or key is None:
        return None
    roles, person = frozenset(key.data.roles), None
    if key.data.person is not None:
        somebody = konto.steering.find(key.data.person, now)
        if somebody is None:  # gone from the people document
            return None
        roles, person = roles or frozenset(somebody.roles), somebody.id
    return Caller(key.name, key.data.scopes, Asker(person, roles))


class Reader(NamedTuple):
    """Whose promises a feed shows, and the feed's name for counting how often it is asked for."""

    feed: str
    person: Person


def reader(konto: Konto, text: str, known: Known) -> Reader | None:
    """Who reads with this token of a feed; None for any that does not count, whatever the reason."""
    token = access_key.feed_token(text) or access_key.Token("", text)
    now = konto.clock()
    key = known.key(konto, token.name)
    if not access_key.opens(key, token, now) or key is None or not key.is_feed:
        return None
    person = konto.steering.find(key.data.person, now) if key.data.person else None
    return None if person is None else Reader(key.name, person)


def _found(konto: Konto, name: str, *, feed: bool) -> AccessKey:
    found = _key(konto, name)
    if found is None or found.is_feed != feed:
        if feed:
            raise Refused("not_found", NO_SUCH_FEED, "FEED", name=name[:40])
        raise Refused("not_found", NO_SUCH_KEY, "KEY", name=name[:40])
    return found


def _key(konto: Konto, name: str) -> AccessKey | None:
    """One of which something cannot be read counts for nothing: it may be that it was revoked."""
    stream = access_key.stream_of(name)
    histories, _ = konto.log.whole([stream])
    return access_key.state(name, konto.log.opened(histories.get(stream, [])))


def _note(konto: Konto, name: str, data: KeyCreated | KeyRevoked) -> None:
    fact = access_key.event(konto.log.ids, name, data, konto.clock())
    with konto.log.writing() as writer:
        writer.load([fact.stream])
        noted = {type(each.data) for each in writer.history(fact.stream)}
        if type(data) in noted:  # somebody else was faster
            return
        written, secrets = access_key.sealed(fact)
        writer.append(written, secrets, FIRM)
    if isinstance(data, KeyCreated):
        konto.note("key_made", f"{KEY}{name}", f"{','.join(data.scopes)} {','.join(data.roles)}".strip())
    else:
        konto.note("key_revoked", f"{KEY}{name}")
    konto.catch_up()


WHICH_SCOPE = N_("Please say what the key may do, with --scope. Possible are: {known}.")
EXPIRED_ALREADY = N_("This moment has passed already. Please name one that lies ahead.")
NOBODY_CALLED_SO = N_("There is nobody called “{found}” in the people document.")
NO_SUCH_FEED = N_("There is no feed “{name}”. All of them: konto feed list")
NO_SUCH_KEY = N_("There is no key “{name}”. All of them: konto keys list")
