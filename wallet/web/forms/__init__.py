"""What people type: read, checked, and explained by the field."""
