"""Pages for people: browse, search and inspect cartridges in a browser."""
