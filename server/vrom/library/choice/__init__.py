"""Choice among many cartridges: which of them a query without names goes to."""
