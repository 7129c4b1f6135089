"""Recover Markdown from text dumps that have lost their markup."""
