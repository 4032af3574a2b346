"""What tills and telephones show each other, byte by byte; see docs/offline.md.

Nothing here asks a database or a clock: a till could run it as it is.
"""
