"""Leaves the tests of the servers out where such servers cannot be had at all."""

from __future__ import annotations

import os

collect_ignore = [] if os.name == "posix" else ["test_servers.py"]
