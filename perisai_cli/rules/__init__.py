"""What the law says: dated, cited parameters and the formulas that use them."""
