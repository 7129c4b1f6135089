"""Descriptions of interfaces over a network: OpenAPI and AsyncAPI."""
