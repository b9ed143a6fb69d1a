"""The reference central API: receives, validates again, decides, answers."""
