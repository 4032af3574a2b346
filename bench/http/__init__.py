"""The wallet over HTTP, against bare views on the same server."""
