"""The API beside a model made of dictionaries: whatever is done, both say the same."""
