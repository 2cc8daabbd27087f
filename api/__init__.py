"""The HTTP API: other programs bring facts and ask, each with a key."""
