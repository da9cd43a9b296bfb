"""No permission, no change; no ledger entry, no change: what writes is an action, and nothing else writes."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps

from guiju.access.door import action
from guiju.config.tests import source

WRITES = {
    "save", "asave", "create", "acreate", "bulk_create", "bulk_update", "update", "aupdate", "delete", "adelete",
    "get_or_create", "update_or_create", "set_password", "raw",
}  # fmt: skip
SQL = re.compile(
    r"(?<![\w'])(INSERT\s+INTO|UPDATE\s+(?:ONLY\s+)?\w+(?:\s+(?:AS\s+)?\w+)?\s+SET|DELETE\s+FROM|MERGE\s+INTO"
    r"|TRUNCATE\s+\w+|COPY\s+[\w{}]+\s*(?:\([^)]*\)\s*)?FROM)\b",
    re.IGNORECASE,
)
BUILT = re.compile(r"(INSERT INTO|DELETE FROM|COPY|TRUNCATE|UPDATE) \{")
TABLES = re.compile(r"\b(?:access|ledger|records|vault|account|mfa|usersessions|auth|django|procrastinate)_[a-z_]+")

# Who may write beside the actions, and why that changes nothing behind the door's back.
BESIDE = {
    "ledger/journal.py": "the ledger's own insert: the entry that every action must leave",
    "ledger/sequencing.py": "gives recorded entries their place in the tree; records nothing new",
    "access/limits.py": "counts calls for the allowance; a crash may forget them",
    "access/recovering.py": "actions too, on what takes two who agree; a file of its own because of its length",
    "access/links.py": "the hand of access.actions and access.recovering: called inside their transactions only",
    "access/repeating.py": "remembers the answer to an Idempotency-Key for a day; what was made is an action's",
    "vault/keyring.py": "a key is committed before the record that needs it; without that record it is swept",
    "vault/lookups.py": "makes the root key of the lookup digests once, on first use",
    "vault/orders.py": "carries out the order to destroy keys that an action recorded",
    "access/signin.py": "keeps the language of a first sign-in and a session's new key, beside that sign-in's entry",
    "access/jobs.py": "deletes what was kept of sessions that are over: nobody comes in by them any more",
    "records/saving.py": "actions too, on the lists that a person keeps for themselves",
    "records/bulk.py": "actions too, on many records at once; a file of its own because of its length",
    "records/adopting.py": "an action too, on the collection standard",
    "records/gate/running.py": "shows how far a dry run is: a number that no fact depends on",
    "records/writing.py": "the hand of records.actions: called inside its transactions only",
    "records/changing.py": "the hand of records.actions and the gate's: called inside their transactions only",
    "records/exports/withdrawing.py": "the hand of who erases, reverts, withdraws: inside their transactions only",
    "records/gate/loading.py": "the hand of records.gate.actions.write: called inside its transaction only",
    "records/gate/leftovers.py": "the hand of records.actions.erase and records.gate.actions: inside them only",
    "records/gate/undoing.py": "the hand of records.gate.actions.take_back: called inside its transaction only",
}
HANDS = {
    "writing": {"records/actions.py", "records/bulk.py", "records/changing.py"},
    "changing": {"records/actions.py", "records/gate/merging.py", "records/gate/undoing.py"},
    "loading": {"records/gate/actions.py", "records/gate/running.py", "records/gate/refused.py"},
    "merging": {"records/gate/loading.py", "records/gate/running.py"},
    "undoing": {"records/gate/actions.py"},
    "leftovers": {"records/actions.py", "records/gate/actions.py"},
    "withdrawing": {"records/actions.py", "records/exports/actions.py", "records/gate/undoing.py"},
}


def _is_action(function: object) -> bool:
    return getattr(function, "needs", None) is not None and hasattr(function, "__wrapped__")


def _writers() -> dict[str, str]:
    """Return the modules that hold a room's actions, by file."""
    return {source.name_of(path): path.stem for path in source.files() if path.stem == "actions"}


def test_every_public_function_of_an_actions_module_is_an_action() -> None:
    found = [
        (f"{module.__name__}.{name}", _is_action(one))
        for module in source.modules_called("actions")
        for name, one in vars(module).items()
        if inspect.isfunction(one) and not name.startswith("_") and inspect.unwrap(one).__module__ == module.__name__
        if one is not action
    ]
    assert len(found) > 40
    assert [name for name, is_action in found if not is_action] == []


def test_every_action_says_who_acts_and_when_by_keyword() -> None:
    for module in source.modules_called("actions"):
        for name, one in vars(module).items():
            if _is_action(one):
                parameters = inspect.signature(one).parameters.values()
                assert {"by", "at"} <= {one.name for one in parameters}, name
                assert all(one.kind is one.KEYWORD_ONLY for one in parameters), name


def _managers(path: Path) -> set[str]:
    """Return the names in a file that hold rows or tables: models it imports, and what is drawn from them."""
    models = {model.__name__ for model in apps.get_models()}
    names = {alias.asname or alias.name for node in ast.walk(source.tree(path)) if isinstance(node, ast.ImportFrom)
             for alias in node.names if alias.name in models}  # fmt: skip
    drawn = True
    while drawn:
        drawn = {
            target.id
            for node in ast.walk(source.tree(path))
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.For | ast.comprehension)
            for target in _targets(node)
            if target.id not in names and names & _roots(_value(node))
        }
        names |= drawn
    annotated = {
        argument.arg
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.annotation is not None
        and models & {one.id for one in ast.walk(argument.annotation) if isinstance(one, ast.Name)}
    }
    return names | annotated


def _targets(node: ast.AST) -> list[ast.Name]:
    found = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]
    return [one for target in found for one in ast.walk(target) if isinstance(one, ast.Name)]


def _value(node: ast.AST) -> ast.AST | None:
    return node.iter if isinstance(node, ast.For | ast.comprehension) else node.value  # type: ignore[attr-defined]


def _roots(node: ast.AST | None) -> set[str]:
    """Return the names that a value is drawn from: ``Customer`` of ``Customer.objects.filter(…).first()``."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript | ast.Await):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _writes(path: Path) -> list[str]:
    rows = _managers(path)
    found = []
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            chain = ast.unparse(node.func)
            if ".objects." in chain or "_default_manager" in chain or rows & _roots(node.func):
                found.append(f"{source.name_of(path)}:{node.lineno} {chain}")
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if SQL.search(text) and (TABLES.search(text) or "{" in text):
            found.append(f"{source.name_of(path)}:{node.lineno} {text.split()[0]}")
        if isinstance(node, ast.JoinedStr) and BUILT.search(ast.unparse(node)):
            found.append(f"{source.name_of(path)}:{node.lineno} {ast.unparse(node)[:40]}")
    return found


def test_nothing_else_writes_to_a_model() -> None:
    actions = _writers()
    behind = [
        write
        for path in source.files()
        if source.name_of(path) not in actions and source.name_of(path) not in BESIDE
        for write in _writes(path)
    ]
    assert behind == []


def test_every_exception_to_that_rule_still_writes() -> None:
    assert [name for name in BESIDE if not _writes(source.PACKAGE / name)] == []


def _borrowed(path: Path, hand: str) -> bool:
    """Say whether a file uses more of a hand than its answers to what somebody may do."""
    nodes = list(ast.walk(source.tree(path)))
    imported = any(
        isinstance(node, ast.ImportFrom)
        and node.module in ("guiju.records", "guiju.records.gate", "guiju.records.exports")
        and hand in {alias.name for alias in node.names}
        for node in nodes
    )
    used = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == hand
    }
    return imported and any(not name.startswith("may_") for name in used)


@pytest.mark.parametrize("hand", sorted(HANDS))
def test_the_hands_of_the_actions_are_lent_to_nobody_else(hand: str) -> None:
    borrowers = {source.name_of(path) for path in source.files() if _borrowed(path, hand)}
    assert borrowers <= HANDS[hand]
    assert borrowers
