"""Whether a log is still what it was when it was attested: a small program of its own.

It needs the stored events (the database, or a copy of them as lines), a checkpoint that lay elsewhere, and the public
key. It imports nothing else of the product, so that whoever checks need trust nothing else of it.
"""
