"""What the pages of each syntax hold, counted from their source."""
