"""HTTP requests to untrusted servers: checked addresses, retries, resumable downloads with digests."""
