"""Recovery of Markdown from text dumps, which have lost their markup."""
