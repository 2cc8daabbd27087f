"""A real PostgreSQL and a real Redis for tests, started by the tests themselves, as root too; made for Linux."""
