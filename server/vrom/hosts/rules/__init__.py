"""Rules for agents in a project: a block in shared files, files of vrom's own, and a skill."""
