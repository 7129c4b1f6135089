"""Manual pages of Unix: the macros man(7) and mdoc(7) of roff."""
