"""The database engine of the settings when no DATABASE_URL is given."""
