"""Changes that the user of this machine makes from the pages: the jobs, what they may do, and their reports."""
