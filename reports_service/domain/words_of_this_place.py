"""Words that who guesses at a password here thinks of first: no password may be built of them.

``docs/passwords.md`` lists these for people. A deployment adds the names of its own place by
``PASSWORD_WORDS``; those of its agencies and of the account itself come from its database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from reports_service.domain.text import fold

SHORTEST_WORD: Final = 4  # letters: three stand in many a phrase by chance
FEWEST_DIGITS: Final = 6  # of a telephone number

# What the service is and does, who works in it, and what everybody here belongs to. As people
# write them: letter case, accents and blanks do not count.
OF_THE_SERVICE: Final = tuple(
    word.strip()
    for word in """
1022, 10221022, tổng đài, tổng đài 1022, trung tâm, trung tâm 1022, cổng 1022, hệ thống
phản ánh, phản ánh hiện trường, kiến nghị, góp ý, hiện trường, tiếp nhận, giải đáp, thông tin
người dân, công dân, chính quyền, chính quyền số, đô thị thông minh, dịch vụ công, một cửa
ủy ban, ủy ban nhân dân, ubnd, nhân dân, hội đồng, hđnd, văn phòng, công an, công ty, sở ban ngành
cán bộ, công chức, viên chức, quản trị, quản trị viên, lãnh đạo, chủ tịch, phó chủ tịch
giám đốc, trưởng phòng, chuyên viên, điều phối, tổng đài viên, hỗ trợ, người xử lý, bảo mật
mật khẩu, tài khoản, đăng nhập, việt nam
reports, report, service, hotline, citizen, operator, officer, head, leader, facilitator
data officer, admin, administrator, agency, province, committee, centre, center
demo, password, account, sign in, login, welcome, vietnam
""".replace("\n", ",").split(",")
    if word.strip()
)


def bare(text: str) -> str:
    """Letters and digits alone, bare of case and accents: how words and passwords are compared."""
    return "".join(one for one in fold(text) if one.isalnum())


def words_in(names: Iterable[str]) -> frozenset[str]:
    """The names as wholes, bare; those that are too short are left out."""
    return frozenset(word for name in names if len(word := bare(name)) >= SHORTEST_WORD)


def words_of_person(name: str) -> frozenset[str]:
    """Each word of a name, and each row of neighbours. ``Lê Minh Tuấn``: minh, tuan, leminh,
    minhtuan, leminhtuan.
    """
    return words_in(_rows_of_words(name, fewest=1))


def words_of_agency(name: str) -> frozenset[str]:
    """Rows of two words and more: one alone of ``Sở Xây dựng`` may stand in any phrase."""
    return words_in(_rows_of_words(name, fewest=2))


def words_of_address(email: str) -> frozenset[str]:
    """An e-mail address: the whole, what stands before and behind its sign, and their parts."""
    before, _, host = email.partition("@")
    return words_in([email, before, host, *_words(before), *_words(host)])


def words_of_telephone(number: str) -> frozenset[str]:
    """A telephone number, with and without its first zero."""
    digits = "".join(filter(str.isdigit, number))
    return frozenset(one for one in (digits, digits.lstrip("0")) if len(one) >= FEWEST_DIGITS)


def _rows_of_words(name: str, fewest: int) -> Iterator[str]:
    words = _words(name)
    for first in range(len(words)):
        for last in range(first + fewest, len(words) + 1):
            yield "".join(words[first:last])


def _words(text: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in text).split()
