"""The consumer wallet in the browser: pages of forms and links, made on the server."""
