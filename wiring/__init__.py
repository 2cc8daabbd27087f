"""The composition root: settings, stores, clock, the command line."""
