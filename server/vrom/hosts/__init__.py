"""The programs that start vrom: where each keeps its configuration, and how an entry gets in and out again."""
