"""Looks at files with the rights of another user, as the service would."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


def there_is(user: str) -> bool:
    """Whether this machine knows the user."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def me() -> str:
    """Whose rights hold now."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


@contextmanager
def rights_of(user: str, groups: Iterable[str]) -> Iterator[None]:
    """With the rights of this user and of the groups beside the user's own; needs root. For a process with one thread."""
    its = pwd.getpwnam(user)
    before = os.getgroups()
    more = [group.gr_gid for group in grp.getgrall() if group.gr_name in groups]
    os.setgroups([*os.getgrouplist(user, its.pw_gid), *more])
    os.setegid(its.pw_gid)
    os.seteuid(its.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(before)
