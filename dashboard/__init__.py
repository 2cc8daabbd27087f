"""The pages people look at: they ask `dashboard.data` and show what it answers."""
