"""The local file: encrypted rows, their migrations, the outbox and the journal."""
