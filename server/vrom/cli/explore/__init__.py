"""`vrom explore`: the pages for people, and the changes that they make."""
