"""Vectors of `index.json`, parsed from its text or, where its layout is unusual, from parsed JSON."""
