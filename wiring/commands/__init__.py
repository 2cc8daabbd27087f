"""The commands of `konto`, a file for each group: parse, ask, print."""
