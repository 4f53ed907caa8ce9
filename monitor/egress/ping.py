"""Ping: tell an outside monitor, such as Healthchecks, that this desk does its work, through the guard."""

import httpx

from monitor.egress.client import build_client
from monitor.egress.guard import EgressPolicy, EgressRefused


class Ping:
    """An address that is asked now and then; it is a secret, and stands in no message."""

    def __init__(self, policy: EgressPolicy, url: str) -> None:
        """Keep the address; the operator may give one without TLS, inside a network of the operator's own."""
        self._policy, self._url = policy, url

    def __call__(self) -> str:
        """Ask it once; return what went wrong in words, nothing if it answered well."""
        try:
            # Once a minute: no connection is worth keeping.
            with build_client(self._policy, allow_http=self._url.startswith("http://")) as client:
                answer = client.get(self._url)
        except EgressRefused as error:
            return str(error)
        except httpx.TimeoutException as error:
            return f"no answer in time ({type(error).__name__})"
        except httpx.HTTPError as error:
            return f"the connection failed ({type(error).__name__})"
        return "" if answer.is_success else f"it answered {answer.status_code}"
