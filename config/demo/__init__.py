"""The demonstration: the processes it starts, and the story it tells."""
