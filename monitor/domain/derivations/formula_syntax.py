"""The syntax of formulas: a text over other indicators as a small tree, or a fault with its place."""

import ast
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 1000
MOST_NODES = 200
# A hyphen between letters or digits belongs to the name; a minus between names has spaces around it.
_NAME = re.compile(
    r"`(?P<quoted>[^`\n]*)`|(?<![\w.])[A-Za-z_](?:\w|-(?=\w))*(?::[A-Za-z0-9](?:[\w.]|-(?=\w))*)?"
)
_OPERAND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(:[A-Za-z0-9][A-Za-z0-9._-]*)?")
_OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.USub: "neg",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ANY_NUMBER = 99
_LARGEST = 1e300
FUNCTIONS = {
    "min": (2, _ANY_NUMBER), "max": (2, _ANY_NUMBER), "abs": (1, 1), "log": (1, 1), "exp": (1, 1),
    "sqrt": (1, 1), "if_else": (3, 3),
}  # fmt: skip
EXPECTED = "indicators, numbers, + - * / **, parentheses, " + ", ".join(FUNCTIONS)


class FormulaError(ValueError):
    """What is wrong with a formula and where; its text ends with the line and a caret under the place."""

    def __init__(self, message: str, *, text: str, offset: int) -> None:
        """Reckon line and column, both from 1."""
        offset = min(max(offset, 0), len(text))
        self.line = text.count("\n", 0, offset) + 1
        start = text.rfind("\n", 0, offset) + 1
        self.column = offset - start + 1
        shown = text[start:].partition("\n")[0]
        place = f"line {self.line}, column {self.column}"
        super().__init__(f"{message} ({place})\n    {shown}\n    {' ' * (self.column - 1)}^")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Operand:
    """An indicator, or a series `indicator:unit`, and where it stands in the text."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator or a function on what it is applied to."""

    name: str
    parts: tuple["Node", ...]


Node = Number | Operand | Apply


def parse_formula(text: str) -> Node:
    """Return the tree of a formula; FormulaError says what cannot be read and where."""
    return _Reader(text).read()


def operands_in(node: Node) -> Iterator[Operand]:
    """Yield every operand of a tree, in order of appearance."""
    if isinstance(node, Operand):
        yield node
    elif isinstance(node, Apply):
        for part in node.parts:
            yield from operands_in(part)


class _Reader:
    """Reads one text: names become identifiers of the same length, so that places stay what they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: dict[int, str] = {}
        self.count = 0

    def read(self) -> Node:
        """Return the tree, which names at least one operand."""
        if not self.text.strip():
            raise self._fault("the formula is empty", 0)
        if len(self.text) > LONGEST:
            raise self._fault(f"a formula has at most {LONGEST} characters", LONGEST)
        strange = next((place for place, sign in enumerate(self.text) if not sign.isascii()), None)
        if strange is not None:
            raise self._fault(f"{self.text[strange]!r} cannot be read", strange)
        plain = _NAME.sub(self._identifier, self.text)
        node = self._node(self._parsed(plain))
        if not any(True for _ in operands_in(node)):
            raise self._fault("the formula names no indicator", 0)
        return node

    def _identifier(self, found: re.Match[str]) -> str:
        word = found.group()
        if word in FUNCTIONS and self.text[found.end() :].lstrip(" ").startswith("("):
            return word
        quoted = found.group("quoted")
        self.names[found.start()] = word if quoted is None else quoted
        return "_" * len(word)

    def _parsed(self, plain: str) -> ast.expr:
        """Read it in parentheses, so that it may run over lines; the first moves columns by one."""
        try:
            return ast.parse(f"({plain}\n)", mode="eval").body
        except SyntaxError as error:
            row, column = error.lineno or 1, error.offset or 1
            message = "is not closed" if "never closed" in error.msg else "cannot be read from here"
            offset = self._offset(row, column - 1)
            whole = "the formula " if offset >= len(self.text.rstrip()) or offset < 0 else ""
            raise self._fault(f"{whole}{message}", min(max(offset, 0), len(self.text.rstrip()))) from None

    def _offset(self, row: int, column: int) -> int:
        """Return the place in the text of a row from 1 and a column from 0 of what was parsed."""
        before = sum(len(line) + 1 for line in self.text.split("\n")[: row - 1])
        return before + column - (1 if row == 1 else 0)

    def _place(self, node: ast.expr) -> int:
        return self._offset(node.lineno, node.col_offset)

    def _node(self, node: ast.expr) -> Node:
        self.count += 1
        if self.count > MOST_NODES:
            raise self._fault(f"a formula has at most {MOST_NODES} parts", self._place(node))
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Name():
                return self._operand(node)
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return self._node(inner)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return Apply("neg", (self._node(inner),))
            case ast.BinOp(op=ast.Pow()):
                return self._power(node)
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                return Apply(_OPERATORS[type(op)], (self._node(node.left), self._node(node.right)))
            case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
                return self._call(node, name)
        raise self._fault(f"this has no place in a formula; expected {EXPECTED}", self._place(node))

    def _number(self, node: ast.Constant) -> Number:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fault("expected a number", self._place(node))
        if value > _LARGEST or not math.isfinite(value):
            raise self._fault("the number is too large", self._place(node))
        return Number(float(value))

    def _operand(self, node: ast.Name) -> Operand:
        place = self._place(node)
        name = self.names.get(place, node.id)
        if not _OPERAND.fullmatch(name):
            raise self._fault(f"{name!r} is no indicator; expected its slug, or indicator:unit", place)
        return Operand(name, place)

    def _power(self, node: ast.BinOp) -> Apply:
        exponent, sign = node.right, 1.0
        if isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, ast.USub):
            exponent, sign = exponent.operand, -1.0
        if not isinstance(exponent, ast.Constant):
            raise self._fault(
                "an exponent must be a number; exp and log do the rest", self._place(node.right)
            )
        return Apply("**", (self._node(node.left), Number(sign * self._number(exponent).value)))

    def _call(self, node: ast.Call, name: str) -> Apply:
        least, most = FUNCTIONS[name]
        if node.keywords or not least <= len(node.args) <= most:
            count = f"{least}" if least == most else f"{least} or more"
            raise self._fault(f"{name} takes {count}", self._place(node))
        first, *others = node.args
        head = self._condition(first) if name == "if_else" else self._node(first)
        return Apply(name, (head, *(self._node(other) for other in others)))

    def _condition(self, node: ast.expr) -> Apply:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in _OPERATORS:
            raise self._fault("if_else begins with a comparison by < <= > or >=", self._place(node))
        left, right = self._node(node.left), self._node(node.comparators[0])
        return Apply(_OPERATORS[type(node.ops[0])], (left, right))

    def _fault(self, message: str, offset: int) -> FormulaError:
        return FormulaError(message, text=self.text, offset=offset)
