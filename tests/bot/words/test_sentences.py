"""Core's sentences in every language: each that core can say is known, and told with its facts."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import core
from bot.words import Words
from bot.words.sentences import shapes, translated
from bot.words.shapes import Shape, folded
from core.model.people import Language

CORE = Path(core.__file__).parent
NOT_FOR_PEOPLE = (
    "paper",
    "charts",
    "mt5/contract.py",
    "mt5/worker.py",
    "mt5/orders.py",
    "intake/signatures.py",
)
"""The broker's side, pictures, the module's own words, the worker's command line, faults of ours."""

CHOICES = {
    "A {} {} order must be {}": "A buy limit order must be below",
    "may move {} {}:": "may move EURUSD in 3 min:",
    "or close it, before {}": "or close it, before you open another trade",
    "With this {} {} {} would": "With this trade 700.00 USD would",
}
"""Where words of ours stand at the place of a fact: one of those."""

WHOLE = {
    "{} is {} by {}.": "The desk is paused by Olga.",
    "{} is {}.": "Nina is paused already.",
    "{}. The limit is {} %; the next quote confirmed it.": (
        "EURUSD moved 6 % between two quotes, 1 s apart. The limit is 5 %; the next quote confirmed it."
    ),
    "{} closes {} ({} UTC) for {}, with {} open. It may open again at another price.": (
        "EURUSD closes in 20 min (22:00 UTC) for 2 d, with 1 position open."
        " It may open again at another price."
    ),
    "{} An owner has to write the right one into the desk file.": (
        "Several symbols of the broker may be GOLD: XAU, GOLD.m."
        " An owner has to write the right one into the desk file."
    ),
    "{} is not locked.{}": "EURUSD is not locked. It is paused; /resume ends that.",
    "{} of {} trades are open{}.": "3 of 3 trades are open.",
    "{} of {} trades of today were opened{}; the next day begins at 00:00 UTC.": (
        "3 of 3 trades of today were opened; the next day begins at 00:00 UTC."
    ),
}
"""Sentences that are put together of sentences."""


def _sentences() -> Iterator[tuple[str, str]]:
    """What begins with a capital or a fact and ends with a full stop, facts as `{}`, and where it stands."""
    for file in sorted(CORE.rglob("*.py")):
        place = file.relative_to(CORE).as_posix()
        if not place.startswith(NOT_FOR_PEOPLE):
            yield from ((text, f"{place}:{line}") for text, line in _texts(file) if _is_sentence(text))


def _is_sentence(text: str) -> bool:
    return " " in text and text.endswith(".") and (text[:1].isupper() or text.startswith("{}"))


def _texts(file: Path) -> Iterator[tuple[str, int]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in docs | parts:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno
        if isinstance(node, ast.JoinedStr):
            yield "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in node.values), node.lineno  # type: ignore[misc]


def _as_said(form: str) -> str:
    form = WHOLE.get(form, form)
    for part, choice in CHOICES.items():
        form = form.replace(part, choice)
    return form.replace("{}", "7")


def _is_known(sentence: str) -> bool:
    bare = sentence.rstrip(".")
    return any(shape.facts_of(bare, folded(bare)) is not None for _, shape in shapes())


def test_every_sentence_of_core_is_known() -> None:
    assert [each for each in _sentences() if not _is_known(_as_said(each[0]))] == []


@pytest.mark.parametrize("language", [Language.RUSSIAN, Language.SPANISH])
def test_every_sentence_is_said_otherwise(language: Language) -> None:
    said = [_as_said(form) for form, _ in _sentences()]
    assert [each for each in said if translated(each, language) == each] == []


TOLD = {
    "No new trades now: EURUSD is locked by Olga: NFP (until Fri 27 Nov 14:00 UTC)": (
        "Сейчас без новых сделок: EURUSD: блокировка (Olga): NFP (до Fri 27 Nov 14:00 UTC)"
    ),
    "drawdown 20.40 % reached the limit of 20 %: equity 7,960.00, 10,000.00 at its peak": (
        "просадка 20.40 % достигла лимита 20 %: средства 7,960.00, на пике 10,000.00"
    ),
    "No order can be sent now: the Algo Trading button of the terminal is off.": (
        "Сейчас заявку не отправить: кнопка Algo Trading в терминале выключена."
    ),
    "The broker refused the order. The broker says: No money": (
        "Брокер отклонил заявку. Брокер говорит: No money"
    ),
    "This signal is already expired.": "Этот сигнал уже истёк.",
    "a reason that a person typed": "a reason that a person typed",
    "": "",
}


@pytest.mark.parametrize("sentence", TOLD)
def test_sentences_within_sentences_and_what_nobody_knows(sentence: str) -> None:
    assert translated(sentence, Language.RUSSIAN) == TOLD[sentence]
    assert translated(sentence, Language.ENGLISH) == sentence


def test_no_fact_is_lost() -> None:
    for key, shape in shapes():
        names = [name for name, _ in shape.facts]
        english = Words().label(key, **{name: f"<{name}>" for name in names})
        for language in Language:
            said = translated(english, language)
            assert [name for name in names if f"<{name}>" not in said] == [], key


REFUSALS = {"NotFound", "Refused", "Stale", "Conflict", "NotAllowed"}


def _refusals() -> Iterator[tuple[str, str]]:
    """What the core and the surface refuse with, whatever it ends with; a text of `words` is told already."""
    for file in sorted([*CORE.rglob("*.py"), *(CORE.parent / "bot").rglob("*.py")]):
        place = file.relative_to(CORE.parent).as_posix()
        if place.startswith(("core/paper", "bot/web", "bot/sandbox")):
            continue  # codes of the broker, and what programs read
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS and node.args:
                text = _form(node.args[0])
                if text is not None and text != "{}":
                    yield text, f"{place}:{node.lineno}"


def _form(node: ast.expr) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_refusal_is_known() -> None:
    assert [each for each in _refusals() if not _is_known(_as_said(each[0]))] == []


class _Counted(str):
    """Text that counts the letters that are looked at in it: from where a search begins to where it ends."""

    looked_at = 0

    def find(self, wanted: str, begin: int = 0) -> int:  # type: ignore[override]
        place = super().find(wanted, begin)
        self.looked_at += (len(self) if place < 0 else place + len(wanted)) - begin
        return place


HOSTILE = (
    ": ",
    " (",
    "), ",
    " to ",
    ": (), to ",
    "News that may move in in in : : : (a), (b), to to to ",
    " is paused by : ",
    " is locked by x: ",
    "No order can be sent now: ",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_text_is_looked_through_once_for_each_sentence_however_hostile(piece: str) -> None:
    """Sixty milliseconds for two hundred letters was what the ways to part a text had cost."""
    for begins in ("News that may move ", "", "EURUSD "):
        text = _Counted(begins + piece * 200)
        for key, shape in shapes():
            text.looked_at = 0
            shape.facts_of(str(text), text)
            assert text.looked_at <= 2 * len(text), key


def test_a_sentence_within_sentences_without_end_is_told_as_far_as_any_goes() -> None:
    text = "No order can be sent now: " * 60 + "The desk is paused by Olga"
    said = translated(text, Language.SPANISH)
    assert said != text
    assert said.endswith("No order can be sent now: The desk is paused by Olga")


def test_what_is_longer_than_any_sentence_stays_as_it_is() -> None:
    """Fluent would put question marks in the place of so long a fact."""
    text = "No order can be sent now: " + "x" * 3000
    assert translated(text, Language.RUSSIAN) == text


@pytest.mark.parametrize(
    ("words", "text", "facts"),
    [
        (["A ", " order"], "A buy order", {"0": "buy"}),
        (["A ", " order"], "A  order", None),
        (["", " is ", ""], "İ IS x", {"0": "İ", "1": "x"}),
        (["", " is ", " by ", ""], "a is b is c by d by e", {"0": "a", "1": "b is c", "2": "d by e"}),
        (["", "", ""], "ab", {"0": "a", "1": "b"}),
        (["", "", ""], "a", None),
        (["x", "x"], "xx", None),
        (["x", "x"], "x", None),
        (["whole"], "WHOLE", {}),
        (["whole"], "wholesale", None),
    ],
)
def test_the_facts_of_a_shape(words: list[str], text: str, facts: dict[str, str] | None) -> None:
    shape = Shape.of(words, [str(number) for number in range(len(words) - 1)])
    assert shape.facts_of(text, folded(text)) == facts
