"""Phones as people type them, masks, keys, sealing and the blind index."""

import logging
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import privacy
from services.errors import Refusal

OLD, NEW = "an old passphrase of the office", privacy.make_key()


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    before = privacy._ring
    privacy.configure(OLD)
    yield
    privacy._ring = before


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13812345678", "13812345678"),
        (" 138 1234 5678 ", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("１３８－１２３４－５６７８", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("＋８６１３８１２３４５６７８", "13812345678"),
        ("0086-13812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("(+86)13812345678", "13812345678"),
        ("手机:13812345678。", "13812345678"),
        ("我的电话是138 1234 5678,谢谢", "13812345678"),
        ("138\u20111234\u20115678", "13812345678"),
        ("\u202d13812345678\u202c", "13812345678"),
        ("13812345678\n", "13812345678"),
        ("0714-6512345", "07146512345"),
        ("(0714) 651 2345", "07146512345"),
        ("（0714）6512345", "07146512345"),
        ("010-87654321", "01087654321"),
        ("0571-87654321", "057187654321"),
        ("+86 714 6512345", "07146512345"),
        ("+86 0714 6512345", "07146512345"),
        ("027—87654321", "02787654321"),
    ],
)
def test_a_phone_is_read_as_people_type_it(typed: str, stored: str) -> None:
    assert privacy.normalise_phone(typed) == stored
    assert privacy.normalise_phone(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "没有", "138", "1381234567", "138123456789", "12812345678", "6512345", "110"),
        *("138123456780714", "13812345678 13912345678", "13812345678转801", "1381234567８９"),
        *("00000000000", "9" * 11, "9" * 5000, "<b>1</b>", "😀", "13812345e78", "+1 202 555 0100"),
        *("٠١٢٣٤٥٦٧٨٩٠", "一三八一二三四五六七八", "+86", "++8613812345678", "3号楼13812345678"),
        *("01381234567812", "0714-16512345", "13812345678+", "1.38e10"),
    ],
)
def test_what_is_no_phone_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(Refusal) as no:
        privacy.normalise_phone(typed)
    assert (no.value.code, no.value.params) == ("people.bad_phone", {})
    assert no.value.__cause__ is None
    assert not typed or len(typed) < 3 or typed not in str(no.value)


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.lists(st.integers(0, 11), max_size=4))
def test_separators_and_width_never_change_a_phone(phone: str, gaps: list[int]) -> None:
    typed = phone
    for gap in gaps:
        typed = typed[:gap] + " -"[gap % 2] + typed[gap:]
    wide = typed.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert privacy.normalise_phone(typed) == privacy.normalise_phone(wide) == phone


@given(st.text(max_size=30))
def test_any_text_is_a_phone_or_a_refusal(text: str) -> None:
    try:
        phone = privacy.normalise_phone(text)
    except Refusal:
        return
    assert phone.isascii()
    assert 10 <= len(phone) <= 12


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("07146512345", "0714****345"),
        ("01087654321", "010****321"),
        ("rubbish", "****"),
        ("", ""),
    ],
)
def test_a_masked_phone(phone: str, shown: str) -> None:
    assert privacy.mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("欧阳娜娜", "欧*"), ("李", "李*"), (" 王五 ", "王*"), ("", ""), ("  ", "")],
)
def test_a_masked_name(name: str, shown: str) -> None:
    assert privacy.mask_name(name) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_sealing_brings_the_text_back(text: str) -> None:
    token = privacy.encrypt(text)
    assert privacy.decrypt(token) == text
    assert not text or text not in token or len(text) < 6


def test_a_sealed_value_differs_each_time_and_hides_its_moment() -> None:
    from base64 import urlsafe_b64decode

    tokens = {privacy.encrypt("13812345678") for _ in range(3)}
    assert len(tokens) == 3
    assert {urlsafe_b64decode(token)[1:9] for token in tokens} == {bytes(8)}


def test_an_altered_or_foreign_value_is_unreadable() -> None:
    token = privacy.encrypt("13812345678")
    for wrong in ("", "rubbish", token[:-4] + "AAA=", "中文"):
        with pytest.raises(privacy.UnreadableError):
            privacy.decrypt(wrong)
    privacy.configure(NEW)
    for act in (privacy.decrypt, privacy.rotate):
        with pytest.raises(privacy.UnreadableError, match="SECRET_KEY"):
            act(token)


def test_a_key_is_replaced_in_three_steps() -> None:
    token, index = privacy.encrypt("13812345678"), privacy.blind_index("13812345678", "phone")

    privacy.configure(f"{NEW}, {OLD}")
    assert privacy.decrypt(token) == "13812345678"
    assert index in privacy.blind_indexes("13812345678", "phone")
    assert index != privacy.blind_index("13812345678", "phone")
    turned, index = privacy.rotate(token), privacy.blind_index("13812345678", "phone")
    turned = privacy.rotate(turned)

    privacy.configure(NEW)
    assert privacy.decrypt(turned) == "13812345678"
    assert index == privacy.blind_index("13812345678", "phone")


def test_blind_indexes_are_kept_apart_by_purpose_and_key() -> None:
    of_phone = privacy.blind_index("13812345678", "phone")
    assert of_phone == privacy.blind_index("13812345678", "phone")
    assert len(of_phone) == 32
    assert of_phone != privacy.blind_index("13812345678", "survey:1")
    assert of_phone != privacy.blind_index("13812345679", "phone")
    privacy.configure(NEW)
    assert of_phone != privacy.blind_index("13812345678", "phone")
    with pytest.raises(ValueError, match="purpose"):
        privacy.blind_index("13812345678", "")


def test_a_real_fernet_key_is_used_as_it_is() -> None:
    from cryptography.fernet import Fernet

    privacy.configure(NEW)
    assert Fernet(NEW).decrypt(privacy.encrypt("您好")).decode() == "您好"


@pytest.mark.parametrize("keys", ["", " , ,", (), ("",)])
def test_starting_without_a_key_says_what_to_do(keys: str | tuple[str, ...]) -> None:
    with pytest.raises(privacy.KeysMissingError, match="SECRET_KEY is not set"):
        privacy.configure(keys)


def test_a_guessable_key_is_refused_without_being_shown() -> None:
    with pytest.raises(privacy.KeysMissingError) as error:
        privacy.configure(f"{NEW},short-secret")
    assert "short-secret" not in str(error.value)
    assert privacy.decrypt(privacy.encrypt("kept")) == "kept"


def test_nothing_works_before_the_ring_is_set() -> None:
    privacy._ring = None
    for act in (privacy.encrypt, privacy.decrypt, privacy.rotate):
        with pytest.raises(privacy.KeysMissingError, match="configure"):
            act("x")
    with pytest.raises(privacy.KeysMissingError):
        privacy.blind_index("x", "phone")


def test_keys_are_not_shown_by_the_ring(caplog: pytest.LogCaptureFixture) -> None:
    privacy.configure([OLD, NEW])
    logging.getLogger("app").warning("ring %r", privacy._ring)
    assert OLD not in caplog.text
    assert "roots" not in caplog.text


def test_the_demo_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"
    key = privacy.load_or_make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert privacy.load_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    privacy.configure(key)


def test_processes_that_start_together_get_one_demo_key(tmp_path: Path) -> None:
    path, keys, gate = tmp_path / "secret.key", set[str](), threading.Barrier(6)

    def start() -> None:
        gate.wait()
        keys.add(privacy.load_or_make_key(path))

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1


def test_an_empty_key_file_is_not_silently_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.touch()
    with pytest.raises(privacy.KeysMissingError, match=r"secret\.key is empty"):
        privacy.load_or_make_key(path)
