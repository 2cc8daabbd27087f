"""When messages no longer leave by a channel, whoever looks after the installation hears of it by another one."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion, Whose
from projections.paused_channels import PausedChannel


def occasions(channel: PausedChannel) -> Iterator[Occasion]:
    """One for each admin; where there is none, for whoever leads."""
    occurrence = int(channel.since.timestamp())
    for admin in channel.admins or (None,):
        yield Occasion("channel_paused", channel.channel, "", channel.since, Whose(owner=admin), occurrence=occurrence)
