"""The MCP tools and their arguments."""
