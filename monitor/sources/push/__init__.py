"""push and alertmanager: what programs send to the desk."""
