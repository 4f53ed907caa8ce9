"""csv, excel and json: kinds that read rows, and what every reader of rows shares."""
