"""A desk with three accounts, served to Flask's client."""

import re
import sqlite3
from contextlib import closing

import pytest
from jinja2 import ChoiceLoader, DictLoader

from monitor.bootstrap import build
from monitor.config import Settings
from monitor.domain.person import Role
from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder
from monitor.services import passwords
from monitor.services.add_person import add_person
from monitor.services.assess import assess
from monitor.services.install_pack import install_pack
from monitor.web.app import create_app

PASSWORD = "mango-river-tuesday"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """The cheapest hash there is: what is tested is what is done with it."""
    hasher = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()


@pytest.fixture
def settings(sqlite_url, tmp_path):
    """What the operator set; a test replaces it to try another."""
    return Settings(home=tmp_path, database_url=sqlite_url)


@pytest.fixture
def desk(settings):
    """The application object: ana is admin, ben desk, rita reader."""
    application = build(settings)
    with application.writing() as (session, now):
        for name, role in (("ana", Role.ADMIN), ("ben", Role.DESK), ("rita", Role.READER)):
            add_person(
                session,
                email=f"{name}@example.org",
                name=name.title(),
                role=role,
                password=PASSWORD,
                actor="test",
                now=now,
            )
    yield application
    application.close()


@pytest.fixture
def app(desk):
    """The Flask application."""
    return serve(desk)


def serve(desk):
    """Serve an application object; a view that breaks is answered as it would be to a person."""
    app = create_app(desk)
    stub = DictLoader(
        {"base.html": "<title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"}
    )
    app.jinja_loader = ChoiceLoader([app.jinja_loader, stub])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def client(app):
    """A visitor whom nobody knows."""
    return Visitor(app)


class Visitor:
    """A browser: keeps cookies, sends the token of the form it was shown."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path, **options):
        return self.client.get(path, **options)

    def token(self, path="/sign-in"):
        found = TOKEN.search(self.get(path).text)
        assert found, f"{path} shows no form"
        return found[1]

    def post(self, path, *, form="/sign-in", headers=None, **fields):
        return self.client.post(path, data={"csrf_token": self.token(form), **fields}, headers=headers)

    def sign_in(self, name="ana", *, password=PASSWORD, **fields):
        return self.post("/sign-in", email=f"{name}@example.org", password=password, **fields)

    def cookie(self, name="heatwatch"):
        found = self.client.get_cookie(name)
        return found.value if found else None


@pytest.fixture
def signed_in(app):
    """Make a visitor who is signed in: `signed_in("ben")`."""

    def make(name="ana"):
        visitor = Visitor(app)
        assert visitor.sign_in(name).status_code == 302
        return visitor

    return make


@pytest.fixture(scope="session")
def pack():
    """The bundled pack, read once."""
    return read_pack(packs_folder() / "mali").pack


@pytest.fixture(scope="session")
def mali_file(tmp_path_factory):
    """Where the first Mali desk is kept, to be copied by those after it."""
    return tmp_path_factory.mktemp("mali") / "mali.sqlite3"


@pytest.fixture
def mali(desk, settings, pack, mali_file):
    """A desk with the bundled pack, its leader assessed."""
    path = settings.database_url.removeprefix("sqlite:///")
    if mali_file.exists():
        copy_database(mali_file, path)
        return desk
    with desk.writing() as (session, now):
        install_pack(session, pack, author="test", now=now)
        assess(session, "assimi-goita", slot=None, now=now, claimed_at=now)
    copy_database(path, mali_file)
    return desk


def copy_database(path, to):
    """Put all of one SQLite database into another, which may be open."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


@pytest.fixture
def reader(mali, signed_in):
    """A reader at that desk."""
    return signed_in("rita")
