"""A role of the database that may read and write what there is, and make nothing, as services have it."""

from __future__ import annotations

import psycopg

from projections.follow import LAYOUT


def as_passer(owner: str, name: str) -> str:
    """The address for such a role; `owner` is that of whoever made the schemas, `name` the log's."""
    every = f"{name}, {name}_views_{LAYOUT}, {name}_journal"
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(
            f"""
            DO $$ BEGIN CREATE ROLE passer LOGIN PASSWORD 'passed-5781';
            EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            GRANT USAGE ON SCHEMA {every} TO passer;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {every} TO passer;
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {every} TO passer;
            """.encode()
        )
    return "postgresql://passer:passed-5781@" + owner.partition("@")[2]
