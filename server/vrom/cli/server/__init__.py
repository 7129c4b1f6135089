"""Commands that run the server or manage its tokens."""
