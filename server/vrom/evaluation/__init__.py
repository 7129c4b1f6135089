"""Does the answer stand in what is found: questions with the sections that answer them, judged by text."""
