"""Rules, alerts, silences, and what is told to whom (alerting.md)."""
