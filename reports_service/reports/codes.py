"""Public codes of reports: nine random digits and a check digit, said in groups of 3, 3 and 4."""

from __future__ import annotations

import re
import secrets

from stdnum import damm

from reports_service.domain.errors import NotFound

_NOT_DIGITS = re.compile(r"[\s.\-\u2013]+")
DIGITS = 10


class ReportUnknown(NotFound):
    """No report has this code, or the asker may not know that there is one."""

    code = "report_unknown"


def new_code() -> str:
    """Ten digits that tell nothing about how many came before.

    The first is never 0, as that of a telephone number is: masking tells the two apart by it.
    """
    lowest = 10 ** (DIGITS - 2)
    body = str(lowest + secrets.randbelow(9 * lowest))
    return body + damm.calc_check_digit(body)


def grouped(code: str) -> str:
    """483-920-1157: as it is read over a telephone and stands in addresses."""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def plain(code: str) -> str:
    """The ten digits of a code as people type it, with blanks or dashes.

    Raises ``ReportUnknown`` for what cannot be a code: one digit misheard, or two that changed
    places, is found here, before anything is looked up.
    """
    digits = _NOT_DIGITS.sub("", code)
    # isdigit alone takes superscripts and other scripts' digits too.
    if len(digits) != DIGITS or not (digits.isascii() and damm.is_valid(digits)):
        raise ReportUnknown(report=code[:40])
    return digits
