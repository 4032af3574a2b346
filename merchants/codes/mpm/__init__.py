"""EMVCo merchant-presented codes: written strictly, read with named tolerances."""
