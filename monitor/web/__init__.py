"""HTML in and out: pages, forms, sign-in."""
