"""The web application: a list of named set-up steps."""

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from monitor.api.context import APPLICATION
from monitor.api.pushes import api
from monitor.bootstrap import Application
from monitor.paths import static_folder, templates_folder
from monitor.web import errors, health, languages, live, security, uploads, visitors
from monitor.web.pages import PAGES

MAX_FORM_BYTES = 1 << 20


def create_app(application: Application) -> Flask:
    """Build the Flask application around an opened application object."""
    app = Flask("monitor.web", template_folder=str(templates_folder()), static_folder=str(static_folder()))
    _configure(app, application)
    # First: what is refused is refused in the reader's language.
    languages.install(app)
    security.install(app)
    visitors.install(app)
    uploads.install(app)
    # After the visitor is known: someone whose session ended is told so, not that a token is missing.
    CSRFProtect(app).exempt(api)
    errors.install(app)
    health.install(app)
    live.install(app, application)
    for page in PAGES:
        app.register_blueprint(page)
    # Programs: each route asks for a token of its own, and a browser's cookie counts for nothing there.
    app.register_blueprint(api)
    return app


def _configure(app: Flask, application: Application) -> None:
    settings = application.settings
    is_https = (settings.base_url or "").startswith("https://")
    app.extensions[APPLICATION] = application
    app.config.update(
        SECRET_KEY=application.web_key,
        SESSION_COOKIE_NAME="__Host-heatwatch-form" if is_https else "heatwatch-form",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        HEATWATCH_IS_HTTPS=is_https,
        HEATWATCH_BASE_URL=settings.base_url,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
    )
    if count := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
