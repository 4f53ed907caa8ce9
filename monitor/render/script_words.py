"""What the scripts of every page say: templates that the browser fills in (assets/js/say.js).

A sentence that belongs to one element stands there instead, in a `data-` attribute of its template.
"""

from monitor.domain.wording import say, say_many

_ONE, _SEVERAL = 1, 2
_KEPT = "{n}"
_TIME = "{time}"


def script_words() -> dict[str, str | list[str]]:
    """Return each sentence by its name; one that counts is a pair, for one thing and for several."""
    return {
        "changes": [say_many("{n} change, show", "{n} changes, show", n, n=_KEPT) for n in (_ONE, _SEVERAL)],
        "not_live": say("Not live since {time} UTC: this page asks for itself every 15 seconds.", time=_TIME),
        "not_connected": say(
            "Not connected since {time} UTC. What you see is as it stood then; it is tried again.", time=_TIME
        ),
        "signed_out": say("Your session has ended. What you see is as it stood then."),
    }
