"""Manual pages and their kin: man, Texinfo, POD, R documentation."""
