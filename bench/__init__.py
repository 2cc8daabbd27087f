"""Measures how fast everything is, each time beside what the same machine can do at best in the same minute."""
