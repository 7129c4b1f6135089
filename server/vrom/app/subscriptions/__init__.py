"""Notifications to clients when cartridges change."""
