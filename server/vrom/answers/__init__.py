"""The agent's answer: from ranked chunks to whole passages within a token budget, as Markdown or JSON."""
