"""Cost of ending a chunk at each kind of boundary, on the scale of `packing.cost_of_size`."""

AT_BLOCK = 0.1
AT_ITEM = 0.2
IN_CONTAINER = 0.25
BEFORE_CODE = 0.35
AT_ROW = 0.5
AT_BLANK_LINE = 0.5
BEFORE_NOTES_ON_CODE = 0.5
IN_ITEM = 0.6
AFTER_LEAD_IN = 0.8
AT_STATEMENT = 0.9
AT_LINE = 1.0
AT_SENTENCE = 1.2
AT_WORD = 2.0
ANYWHERE = 4.0
NEVER = 1e6
"""Directly after a heading, or after the title of an admonition."""
