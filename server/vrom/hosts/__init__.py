"""Hosts, the programs that start vrom: their configuration files, and adding and removing vrom's entry."""
