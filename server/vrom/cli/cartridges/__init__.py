"""Commands about cartridges on this machine."""
