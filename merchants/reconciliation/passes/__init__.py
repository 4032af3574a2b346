"""The seven passes. Each claims what it matches, so that nothing is matched twice."""
