"""What is worth remembering, as tables: each read model is its table, its queries and how facts change it."""
