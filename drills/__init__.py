"""Failures rehearsed: whatever is killed, emptied or comes all at once, nothing may be lost."""
