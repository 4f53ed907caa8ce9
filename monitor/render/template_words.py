"""Template words: sentences in templates, translated there and escaped where the template is HTML."""

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from monitor.domain.wording import say


@pass_eval_context
def template_say(context: EvalContext, template: str, /, **values: object) -> str:
    """Return a sentence as `say` does; in HTML its values are escaped, but for what is markup already."""
    if not context.autoescape:
        return say(template, **values)
    return Markup(escape(say(template))).format(**values)  # noqa: S704 (the template is ours and escaped)
