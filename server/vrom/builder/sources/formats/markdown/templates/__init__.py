"""Tags of template languages in Markdown: Liquid, and shortcodes of Hugo and Quarto."""
