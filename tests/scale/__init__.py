"""More than one server: a replica for lists, and a pooler in front of the database."""
