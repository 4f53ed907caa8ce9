"""Pack and import files: read into domain values or a list of problems, and written back."""
