"""Notes and checkpoints against published vectors and against a second implementation."""

import subprocess
import sys

import aics_tlog
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.ledger import tlog

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
MANGLED = ENOCH_LINE[:60] + "ABCD" + ENOCH_LINE[60:]


def test_the_published_note_is_signed_byte_for_byte() -> None:
    signer = tlog.read_skey(PETER_SECRET)
    assert signer.vkey == PETER
    assert signer.skey == PETER_SECRET
    assert tlog.sign_note(TEXT, signers=[signer]) == f"{TEXT}\n{PETER_LINE}"


def test_known_keys_verify_and_unknown_ones_are_set_aside() -> None:
    note = tlog.open_note(f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}".encode(), vkeys=[PETER])
    assert (note.text, str(note), bytes(note)) == (TEXT, TEXT, TEXT.encode())
    assert [item.name for item in note.signatures] == ["PeterNeumann"]
    assert [item.name for item in note.unverified] == ["EnochRoot"]
    both = tlog.open_note(f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}", vkeys=[PETER, ENOCH])
    assert [item.name for item in both.signatures] == ["PeterNeumann", "EnochRoot"]


def test_repeated_signatures_count_once() -> None:
    block = PETER_LINE * 2 + ENOCH_LINE * 2 + MANGLED
    note = tlog.open_note(f"{TEXT}\n{block}", vkeys=[PETER])
    assert (len(note.signatures), len(note.unverified)) == (1, 2)


@pytest.mark.parametrize("note", [
    TEXT, f"{TEXT}\n", f"{TEXT}\n{PETER_LINE[:-1]}", f"\x01{TEXT}\n{PETER_LINE}", f"{TEXT}\t\n{PETER_LINE}",
    b"\xff" + f"{TEXT}\n{PETER_LINE}".encode(), f"{TEXT}\n{PETER_LINE}Unexpected line.\n", f"{TEXT}\n{PETER_LINE}\n",
    f"{TEXT}\n{PETER_LINE.replace('PeterNeumann', 'Bad Name')}", f"{TEXT}\n{PETER_LINE.replace('Peter', 'Peter+')}",
    f"{TEXT}\n— PeterNeumann \n", f"{TEXT}\n—  x08go/ZJ\n", f"{TEXT}\n— PeterNeumann x08gow==\n",
    f"{TEXT}\n{PETER_LINE.replace('— ', '- ')}", f"{TEXT}\n{PETER_LINE[:60]}ABCD{PETER_LINE[60:]}",
    f"{TEXT}\n{PETER_LINE * 101}", f"{TEXT}\n{PETER_LINE.replace('AM=', 'AN=')}", f"{TEXT}\n{ENOCH_LINE}",
    f"{TEXT}{PETER_LINE}", f"{TEXT}x\n\n{PETER_LINE}", f"\n{TEXT}\n{PETER_LINE}", f"{TEXT}\r\n{PETER_LINE}",
    f"{TEXT}\n{PETER_LINE.replace('PeterNeumann', 'CarmenSandiego')}", f"{TEXT}\n{PETER_LINE.replace('x08g', 'xxxx')}",
    "", "\n", "\n\n", f"{'x' * 1_000_000}\n\n{PETER_LINE}", f"\udcff{TEXT}\n{PETER_LINE}",
    f"{TEXT}\n{PETER_LINE}" + MANGLED[:9],
])  # fmt: skip
def test_a_bad_note_is_refused(note: str | bytes) -> None:
    with pytest.raises(tlog.BadNote):
        tlog.open_note(note, vkeys=[PETER])


def test_a_wrong_signature_of_a_known_key_spoils_the_note_beside_a_right_one() -> None:
    for block in (PETER_LINE + MANGLED, MANGLED + PETER_LINE):
        with pytest.raises(tlog.BadNote):
            tlog.open_note(f"{TEXT}\n{block}", vkeys=[PETER, ENOCH])


def test_a_key_given_twice_is_refused_only_where_it_is_needed() -> None:
    tlog.open_note(f"{TEXT}\n{PETER_LINE}", vkeys=[ENOCH, PETER, ENOCH])
    with pytest.raises(tlog.BadNote, match="twice"):
        tlog.open_note(f"{TEXT}\n{ENOCH_LINE}", vkeys=[ENOCH, PETER, ENOCH])
    with pytest.raises(tlog.BadNote):
        tlog.open_note(f"{TEXT}\n{PETER_LINE}", vkeys=[])


def test_no_part_and_no_mangling_of_a_key_is_a_key() -> None:
    for start in range(len(PETER)):
        for end in range(start + 1, len(PETER) + 1):
            if (start, end) != (0, len(PETER)):
                with pytest.raises(tlog.BadKey):
                    tlog.read_vkey(PETER[start:end])
    for text, read in ((PETER, tlog.read_vkey), (PETER_SECRET, tlog.read_skey)):
        for at in range(len(text)):
            with pytest.raises(tlog.BadKey):
                read(text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :])
    for bad in ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
                "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"):  # fmt: skip
        with pytest.raises(tlog.BadKey):
            tlog.open_note(f"{TEXT}\n{PETER_LINE}", vkeys=[bad])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb"])
def test_a_name_with_spaces_or_plus_signs_is_no_name(name: str) -> None:
    with pytest.raises(tlog.BadNote):
        tlog.generate_key(name)


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "\ud800\n"])
def test_only_text_that_can_be_a_note_is_signed(text: str) -> None:
    with pytest.raises(tlog.BadNote):
        tlog.sign_note(text, signers=[tlog.read_skey(PETER_SECRET)])


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])), st.integers(0, 10**15))
def test_both_implementations_read_each_others_notes(words: str, size: int) -> None:
    signer = tlog.generate_key("guiju.example/log")
    text = f"{words}\n"
    ours = tlog.sign_note(text, signers=[signer])
    theirs = aics_tlog.parse_note(ours)
    assert theirs.text == text
    assert aics_tlog.verify_note(theirs, [aics_tlog.parse_vkey(signer.vkey)])
    head = tlog.Checkpoint(origin="guiju.example/log", size=size, root=tlog.EMPTY_ROOT)
    parsed = aics_tlog.parse_checkpoint(head.text)
    assert (parsed.origin, parsed.size, parsed.root) == (head.origin, size, head.root)
    assert tlog.open_checkpoint(tlog.sign_note(head.text, signers=[signer]), vkeys=[signer.vkey]) == head


def test_the_published_checkpoint_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    head = tlog.parse_checkpoint(text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.text == text


@pytest.mark.parametrize("text", [
    "", "a\n1\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    "a\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1 \nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    "a\n１\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
    "a\n1\nCsUY\n", "a\n1\n!!!\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nb\n",
    f"a\n{10**30}\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
])  # fmt: skip
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(tlog.BadNote):
        tlog.parse_checkpoint(text)


def test_the_checkpoint_of_another_log_is_refused() -> None:
    signer = tlog.generate_key("guiju.example/log")
    note = tlog.sign_note("other.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", signers=[signer])
    with pytest.raises(tlog.BadNote, match="another log"):
        tlog.open_checkpoint(note, vkeys=[signer.vkey], origin="guiju.example/log")


def test_the_mathematics_needs_no_django() -> None:
    code = "import sys, guiju.ledger.tlog; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
