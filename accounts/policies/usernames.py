"""Which names people may have."""

import re

from grover.core.errors import Invalid

SHORTEST, LONGEST = 3, 30

_ALLOWED = re.compile(r"[a-z0-9_.]+")
_LETTERS_THAT_LOOK_ALIKE = str.maketrans({"0": "o", "1": "l"})
_PAIRS_THAT_LOOK_ALIKE = (("rn", "m"), ("vv", "w"))
_LETTERS_THAT_STAND_FOR_OTHERS = str.maketrans({"l": "i", "3": "e", "4": "a", "5": "s", "7": "t"})

RESERVED = frozenset(
    """
    about abuse account accounts admin administrator ads analytics anonymous api app apps auth billing
    blog bot community contact content copyright creator creators dashboard deleted demo developer
    developers dmca docs everyone explore feed finance following followers fraud grover guest help here
    home host info jobs legal live login logout mail marketing media messages metrics moderation moderator
    moderators music news nobody notifications null official ops owner password payment payments payouts
    policy postmaster press privacy product profile public refunds register report reports root safety
    sales search secure security self service session settings shop signin signup staff status store
    stories stream streams studio subscribe support sysadmin system tag tags team terms test tips trending
    trust undefined update user username users verified verify wallet webmaster welcome
    """.split()
)


def check_username(text: str) -> str:
    """Give a name as it is stored, or refuse it: Invalid at `/username`."""
    name = text.strip().lower()
    if not SHORTEST <= len(name) <= LONGEST:
        raise _refusal("length", f"From {SHORTEST} to {LONGEST} characters")
    if not text.isascii() or not _ALLOWED.fullmatch(name):
        raise _refusal("characters", "Only the letters a to z, digits, _ and .")
    if name.startswith(".") or name.endswith(".") or ".." in name or not re.search("[a-z0-9]", name):
        raise _refusal("dots", "No dot at the beginning or end, no two in a row, and not only marks")
    if is_reserved(name):
        raise _refusal("reserved", "This name, or one that looks like it, is reserved")
    return name


def is_reserved(name: str) -> bool:
    """Tell whether a name looks like one that only the platform may use."""
    return _disguised(re.sub(r"[._]", "", name)) in _RESERVED


def skeleton_of(name: str) -> str:
    """Make the characters equal that look alike; two names with one skeleton can be mistaken.

    After Unicode's skeletons of confusables (TR 39), for the characters a name may have.
    """
    skeleton = name.translate(_LETTERS_THAT_LOOK_ALIKE)
    for pair, letter in _PAIRS_THAT_LOOK_ALIKE:
        skeleton = skeleton.replace(pair, letter)
    return skeleton


def _refusal(code: str, detail: str) -> Invalid:
    return Invalid.at("/username", code, detail)


def _disguised(name: str) -> str:
    """Make equal also what only reads alike, as in `4dm1n`: too strict for names of people."""
    return skeleton_of(name).translate(_LETTERS_THAT_STAND_FOR_OTHERS)


_RESERVED = frozenset(_disguised(name) for name in RESERVED)
