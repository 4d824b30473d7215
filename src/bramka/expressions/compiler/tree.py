"""From C# source to a syntax tree that is exactly one body of one method."""

import re
from bisect import bisect_left

import tree_sitter_c_sharp
from tree_sitter import Language, Node, Parser, TreeCursor

from bramka.domain.traffic.policy_text import Place, refuse
from bramka.expressions.compiler.stumbles import hint

LONGEST_SOURCE = 64 * 1024
DEEPEST = 250
_LOOKS = 4
"""How often a text is looked through for what the grammar misreads."""
_LANGUAGE = Language(tree_sitter_c_sharp.language())
_HEAD = "class C{object M(){"
_TAIL = "\n}}"


class Source:
    """One expression's text, its tree, and where its nodes stand in the document."""

    def __init__(self, text: str, *, is_block: bool, place: Place) -> None:
        self.place = place
        self.is_block = is_block
        if len(text) > LONGEST_SOURCE:
            refuse(
                f"the expression is longer than {LONGEST_SOURCE} characters; "
                "split it over several set-variable policies",
                place,
            )
        if not _COMMENT.sub("", text).strip():
            refuse("the expression is empty; write a value", place)
        if "\x00" in text:
            refuse("an expression cannot hold a NUL character", place)
        head, tail = (_HEAD, _TAIL) if is_block else (_HEAD + "return(", "\n);}}")
        self.head = len(head)
        self.bytes = (head + text + tail).encode("utf-8", "surrogatepass")
        self.is_ascii = self.bytes.isascii()
        self.generic: dict[int, int] = {}
        """Where the `<` of type arguments stands, and where their `>` ends."""
        self.conditional: list[int] = []
        """Where a `?` stood before `.` or `[`."""
        self.root = self._parsed()
        self._check_depth()
        self._check_errors()

    def _parsed(self) -> Node:
        """The tree, once what the grammar misreads is written so that it does not."""
        plain = bytearray(self.bytes)
        self.root = Parser(_LANGUAGE).parse(self.bytes).root_node
        for _ in range(_LOOKS):
            marks, generic = self._conditional_marks(), self._generic_marks()
            braces = self._brace_marks(bytes(plain))
            if not marks and not generic and not braces:
                break
            for at in braces:
                plain[at : at + 2] = b"__"
            for mark in marks:
                plain[mark : mark + 1] = b" "
            for start, end in generic.items():
                plain[start:end] = b"_" * (end - start)
            self.conditional = sorted({*self.conditional, *marks})
            self.generic |= generic
            self.root = Parser(_LANGUAGE).parse(bytes(plain)).root_node
        return self.root

    def _generic_marks(self) -> dict[int, int]:
        """Type arguments of calls that the grammar takes for comparisons.

        After a cast it reads `(JObject)a.As<JObject>(true)` as `a.As < JObject > (…)`.
        C# never compares what a comparison gives, so those are type arguments: they
        are made part of the name, and `type_arguments` looks up where they stood.
        """
        if b">" not in self.bytes:
            return {}
        found: dict[int, int] = {}
        stack = [self.root]
        while stack:
            node = stack.pop()
            stack += node.children
            if node.type != "binary_expression" or len(node.children) != 3:
                continue
            inner, more, right = node.children
            if (
                more.type == ">"
                and inner.type == "binary_expression"
                and inner.children[1].type == "<"
                and self.bytes[right.start_byte : right.start_byte + 1] == b"("
            ):
                start, end = inner.children[1].start_byte, more.end_byte
                if _TYPES.fullmatch(self.bytes[start:end]):
                    found[start] = end
        return found

    def _brace_marks(self, plain: bytes) -> list[int]:
        """Where `{{` or `}}` stands for a brace in a `$"…"` that the grammar misreads.

        It takes the braces of `{{{x}}}` from the wrong end.
        """
        found: list[int] = []
        stack = [self.root] if b"{{{" in plain or b"}}}" in plain else []
        while stack:
            node = stack.pop()
            stack += node.children
            if node.type == "interpolated_string_expression":
                found += _doubled(plain, node.start_byte, node.end_byte)
        return found

    def type_arguments(self, node: Node) -> tuple[str, str] | None:
        """A name and the text of its type arguments, where the grammar lost them."""
        for start, end in self.generic.items():
            if node.start_byte < start and node.end_byte == end:
                name = self.between(node.start_byte, start).strip()
                return name, self.between(start + 1, end - 1)
        return None

    def _conditional_marks(self) -> list[int]:
        """Offsets of the `?` of `?.` and `?[`.

        The grammar takes `a + b?.c` for `(a + b)?.c`. So the text is parsed again
        with a blank for each such `?`, and the chain looks up where they stood.
        """
        if b"?" not in self.bytes:
            return []
        found: list[int] = []
        stack = [self.root]
        while stack:
            node = stack.pop()
            stack += node.children
            if node.type == "conditional_access_expression":
                found += [one.start_byte for one in node.children if one.type == "?"]
        return found

    def is_conditional(self, start: int, end: int) -> bool:
        """Whether a `?` of `?.` or `?[` stood between these bytes."""
        at = bisect_left(self.conditional, start)
        return at < len(self.conditional) and self.conditional[at] < end

    def text(self, node: Node) -> str:
        return self.bytes[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def between(self, start: int, end: int) -> str:
        return self.bytes[start:end].decode("utf-8", "replace")

    def place_of(self, node: Node) -> Place:
        """Line and column in the document of a node's first character."""
        row, column = node.start_point
        start = node.start_byte - column
        width = column if self.is_ascii else len(self.between(start, node.start_byte))
        if row == 0:
            column = self.place.column + 2 + max(width - self.head, 0)
            return Place(self.place.line, column)
        return Place(self.place.line + row, width + 1)

    def body(self) -> Node:
        """The expression, or the block, that the text is: nothing beside it.

        Text that closes our method and opens something else leaves a tree of another
        shape than class, method, block; it is refused here whatever it holds.
        """
        block = self._only(self.root, "class_declaration")
        block = self._only(self._field(block, "body"), "method_declaration")
        if [child.type for child in block.named_children] != [
            "predefined_type",
            "identifier",
            "parameter_list",
            "block",
        ]:
            self._escaped()
        block = self._field(block, "body")
        ends = (len(_HEAD) - 1, len(self.bytes) - 1)
        if (block.start_byte, block.end_byte) != ends:
            self._escaped()
        if self.is_block:
            return block
        value = self._only(self._only(block, "return_statement"), None)
        ends = (self.head - 1, len(self.bytes) - 3)
        if value.type != "parenthesized_expression":
            self._escaped()
        if (value.start_byte, value.end_byte) != ends:
            self._escaped()
        return self._only(value, None)

    def _only(self, node: Node, kind: str | None) -> Node:
        """The single child of a node, comments apart."""
        children = [item for item in node.named_children if item.type != "comment"]
        if len(children) != 1 or (kind and children[0].type != kind):
            self._escaped()
        return children[0]

    def _field(self, node: Node, name: str) -> Node:
        found = node.child_by_field_name(name)
        if found is None:
            self._escaped()
        assert found is not None, "refuse() does not return"
        return found

    def _escaped(self) -> None:
        what = "statements" if self.is_block else "one C# expression"
        refuse(f"the text is not {what} with balanced brackets", self.place)

    def _check_depth(self) -> None:
        """Refuse nesting that would exhaust the stack of what walks the tree.

        A long row of `+` or of calls leans to the left and is walked in a loop, so
        first children of such nodes do not count.
        """
        cursor = self.root.walk()
        kinds, weights, depth = [self.root.type], [0], 0
        while True:
            if depth > DEEPEST or kinds[-1] in ("this", "base"):
                self._refuse_at(cursor.node, kinds[-1])
            if cursor.goto_first_child():
                weights.append(kinds[-1] not in _LEANING)
                depth += weights[-1]
                kinds.append(_kind(cursor))
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                depth -= weights.pop()
                kinds.pop()
            depth += not weights[-1]
            weights[-1] = True
            kinds[-1] = _kind(cursor)

    def _refuse_at(self, node: Node | None, kind: str) -> None:
        place = self.place if node is None else self.place_of(node)
        if kind in ("this", "base"):
            refuse(f"'{kind}' does not exist in expressions", place)
        refuse(f"nested deeper than {DEEPEST} levels", place)

    def _check_errors(self) -> None:
        """Refuse what is not C#, at the place the parser stumbled over."""
        if not self.root.has_error:
            return
        node = self.root
        while inner := next((item for item in node.children if item.has_error), None):
            node = inner
        place = self.place_of(node)
        if node.is_missing:
            refuse(f"'{node.type}' is missing before this", place)
        found = (self.text(node).strip().splitlines() or [""])[0]
        near = hint(
            self.between(0, node.start_byte),
            found,
            self.between(node.end_byte, len(self.bytes)),
            is_block=self.is_block,
        )
        refuse(f"'{found[:60]}' is not understood as C# here{near}", place)


def _kind(cursor: TreeCursor) -> str:
    node = cursor.node
    assert node is not None, "a cursor stands on a node"
    return node.type


def _doubled(plain: bytes, start: int, end: int) -> list[int]:
    """Doubled braces of the text, not those inside of its holes."""
    found: list[int] = []
    depth, at = 0, start
    while at < end:
        two = plain[at : at + 2]
        if not depth and two in (b"{{", b"}}"):
            found.append(at)
            at += 1
        elif plain[at : at + 1] in (b"{", b"}"):
            depth += 1 if plain[at : at + 1] == b"{" else -1
        at += 1
    return found


_TYPES = re.compile(rb"<[\w\s.,<>?\[\]]+>")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_LEANING = {
    "binary_expression",
    "invocation_expression",
    "member_access_expression",
    "element_access_expression",
}
