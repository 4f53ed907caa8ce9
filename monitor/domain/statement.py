"""A statement: a cited, graded sentence for briefs."""

from dataclasses import dataclass
from enum import StrEnum


class Question(StrEnum):
    """The four questions of a brief."""

    WHY = "why"
    CHANGING = "changing"
    DRIVING = "driving"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence a brief may use under one question; `contested` names what speaks against it."""

    slug: str
    subject: str
    question: Question
    text: str
    citation: str
    grade: str = ""
    when: str = ""
    driver: str = ""
    contested: str = ""
