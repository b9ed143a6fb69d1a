"""Every sentence that a person reads, in Bahasa Indonesia and English."""
