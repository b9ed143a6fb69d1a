"""The wire: what the agent's tool and the central API say to each other."""
