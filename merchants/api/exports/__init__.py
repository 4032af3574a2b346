"""Reports at the API: asked for, fetched by a link that holds for minutes."""
