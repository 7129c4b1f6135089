"""The MCP server: tools, resources, prompts, and the transports they are served over."""
