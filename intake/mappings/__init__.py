"""The mappings that are shipped; each is one TOML file, found by its name."""
