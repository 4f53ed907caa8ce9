"""What a series' past suggests: thresholds, change points, forecasts, flips. None of it scores."""
