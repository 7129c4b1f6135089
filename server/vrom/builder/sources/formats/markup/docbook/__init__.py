"""DocBook XML (https://docbook.org)."""
