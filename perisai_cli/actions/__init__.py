"""What one can do: plain arguments and an ``App`` in, a frozen ``Result`` out."""
