"""Evaluation of search: queries with the sections that answer them, results judged by their text, graphs measured."""
