"""How it is asked and answered: parse, one action, render."""
