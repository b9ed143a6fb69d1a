"""What the words mean: people, months, rupiah, records, errors; on the standard library alone."""
