"""What a route may ask for: the application object built at start."""

from typing import cast

from flask import current_app

from monitor.bootstrap import Application

APPLICATION = "heatwatch"


def application() -> Application:
    """Return the application object built at start."""
    return cast("Application", current_app.extensions[APPLICATION])
