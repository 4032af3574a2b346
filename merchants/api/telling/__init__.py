"""What happened, over the API: to be asked for, and where it is told."""
