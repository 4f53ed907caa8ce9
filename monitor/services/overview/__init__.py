"""What pages, `heatwatch status` and briefs show: view values read from storage, never rows."""
