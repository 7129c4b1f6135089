"""Documentation from the web: crawling, fetching, caching."""
