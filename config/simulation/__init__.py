"""Days of trading in minutes, with a bank that makes mistakes, and every day closed."""
