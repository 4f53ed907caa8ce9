"""Template words: sentences in templates, translated there and escaped where the template is HTML."""

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from monitor.domain.phrases import Phrase
from monitor.domain.wording import say, say_many, tongue


@pass_eval_context
def template_say(context: EvalContext, template: str, /, **values: object) -> str:
    """Return a sentence as `say` does; in HTML its values are escaped, but for what is markup already."""
    if not context.autoescape:
        return say(template, **values)
    text = Markup(escape(say(template)))  # noqa: S704 (the template is ours and escaped)
    return _agreed(text.format(**values)) if values else text


@pass_eval_context
def template_say_many(context: EvalContext, one: str, many: str, number: int, /, **values: object) -> str:
    """Return the sentence for a number of things as `say_many` does, escaped alike."""
    if not context.autoescape:
        return say_many(one, many, number, **values)
    kept = {name: f"{{{name}}}" for name in values}
    text = Markup(escape(say_many(one, many, number, **kept)))  # noqa: S704 (as above)
    return _agreed(text.format(**values))


def _agreed(text: Markup) -> Markup:
    """Let the language's words agree; it changes words alone, never a tag."""
    return Markup(tongue().agree(text))  # noqa: S704 (as above)


def as_it_is_read(value: object) -> object:
    """Return what a template shows of a value: a phrase is said in the reader's language."""
    return value.said() if isinstance(value, Phrase) else value
