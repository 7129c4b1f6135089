"""MyST: directives, and roles and other inline syntax."""
