"""MDX and other Markdown with components: module statements, tags, props, expressions."""
