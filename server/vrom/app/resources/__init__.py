"""The MCP resources and links to them."""
