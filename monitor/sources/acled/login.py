"""Signing in to ACLED by OAuth: tokens live in the memory of one run, and are never kept or shown."""

from collections.abc import Mapping

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher
from monitor.sources.parsing.bodies import json_of, object_of, said

_OK, _BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN = 200, 400, 401, 403
_ANSWERS = frozenset({_OK, _UNAUTHORISED, _FORBIDDEN})
_RIGHTS = ("access denied", "permission", "not authorized", "unauthorized", "forbidden", "no rights")
NO_RIGHTS = (
    "ACLED accepted the sign-in, but this account has no right to read the data (it says access is denied): "
    "ask ACLED for API access for it"
)


class Account:
    """One run's sign-in. An access token that ran out is renewed once by the refresh token, else anew."""

    def __init__(self, fetcher: Fetcher, ask: Ask, address: str) -> None:
        """Sign in with the account's name and password."""
        self._fetcher, self._ask, self._address = fetcher, ask, address
        self._access, self._refresh = self._signed_in()

    def get(self, path: str, params: Mapping[str, str]) -> Answer:
        """Read one page; SourceError says when the account may not."""
        answer = self._asked(path, params)
        if answer.status == _UNAUTHORISED:
            self._access, self._refresh = self._renewed()
            answer = self._asked(path, params)
        if answer.status == _UNAUTHORISED:
            raise SourceError("ACLED does not accept the access token it gave a moment ago (401)")
        if answer.status == _FORBIDDEN:
            raise SourceError(NO_RIGHTS, permanent=True)
        return answer

    def _asked(self, path: str, params: Mapping[str, str]) -> Answer:
        return self._fetcher.get(
            f"{self._address}{path}",
            params=params,
            secret_headers={"authorization": f"Bearer {self._access}"},
            accept=_ANSWERS,
        )

    def _signed_in(self) -> tuple[str, str]:
        given = {"username": self._ask.secret("username"), "password": self._ask.secret("password")}
        return self._tokens({"grant_type": "password", "scope": "authenticated"}, given)

    def _renewed(self) -> tuple[str, str]:
        try:
            return self._tokens({"grant_type": "refresh_token"}, {"refresh_token": self._refresh})
        except SourceError:
            return self._signed_in()

    def _tokens(self, form: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str]:
        answer = self._fetcher.post(
            f"{self._address}/oauth/token",
            form={"client_id": "acled", **form},
            secrets=secrets,
            accept=_ANSWERS | {_BAD_REQUEST},
            is_secret=True,
        )
        what = "ACLED's answer to the sign-in"
        body = object_of(json_of(answer, what=what), what=what)
        if answer.status != _OK:
            message = f"ACLED refused the account's name or password ({answer.status}{said(body)})"
            raise SourceError(message, permanent=True)
        tokens = body.get("access_token"), body.get("refresh_token", "")
        if not all(isinstance(each, str) for each in tokens) or not tokens[0]:
            raise SourceError(f"{what} holds no access token")
        return str(tokens[0]), str(tokens[1])


def is_about_rights(message: str) -> bool:
    """Whether a message that came with status 200 says that the account may not read."""
    return any(word in message.lower() for word in _RIGHTS)
