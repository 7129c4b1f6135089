"""Work outside the event loop: worker threads, opening of cartridges, progress reports."""
