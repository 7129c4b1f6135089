"""The MCP server: tools over stdio, SSE and streamable HTTP."""
