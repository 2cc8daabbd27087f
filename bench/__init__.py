"""Measures how fast everything is, each time beside what the machine could do at best."""
