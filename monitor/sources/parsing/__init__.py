"""What kinds share in reading answers: bodies, figures, days, periods, places."""
