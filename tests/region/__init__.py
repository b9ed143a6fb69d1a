"""A made-up region: agents, members and money from a seed, and its true totals told by itself."""
