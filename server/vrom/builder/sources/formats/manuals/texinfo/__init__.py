"""Texinfo, the documentation format of GNU (https://www.gnu.org/software/texinfo/manual/texinfo/)."""
