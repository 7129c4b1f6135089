"""Text that lost something on its way, made readable Markdown again: encoding, repetition, markup."""
