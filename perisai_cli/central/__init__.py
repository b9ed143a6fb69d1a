"""The reference central API: takes batches over HTTP, judges each record, and answers for it."""
