"""Evaluation of search: queries with the sections that answer them, and results judged by their text."""
