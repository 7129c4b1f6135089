"""Documents of word processors and printers: DOCX and PDF."""
