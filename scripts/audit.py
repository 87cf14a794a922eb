"""Ask a list of known vulnerabilities about every package of the lock (pip-audit).

Fails where one is known, unless requirements/ignored-vulnerabilities.toml says why it does not
matter here, and until when. Where no list can be reached, or it does not answer in time, this says
so and is good: a check must run without a network, and must not hang.
"""

import datetime
import json
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator

from lockfile import REQUIREMENTS

LOCK = REQUIREMENTS / "dev.txt"
IGNORED = REQUIREMENTS / "ignored-vulnerabilities.toml"

#: Lists that pip-audit knows; of each an address of something vulnerable, and where it says so. A
#: mirror of packages answers too, without vulnerabilities: that would look like good news.
SERVICES = {
    "pypi": ("https://pypi.org/pypi/jinja2/2.4.1/json", "vulnerabilities"),
    "osv": ("https://api.osv.dev/v1/vulns/PYSEC-2014-8", "affected"),
}

_REACH_S = 5.0
_AUDIT_S = 120.0


def main() -> int:
    """Say what is known; return 1 where something is that nobody has ignored with a reason."""
    ignored, complaints = read_ignored(IGNORED.read_text(), datetime.date.today())
    service = next(filter(_answers, SERVICES), None)
    if service is None:
        print("no list of vulnerabilities can be reached from here: not looked up")
    else:
        answer = _ask(service)
        if answer is not None:
            complaints += known(answer, ignored)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return bool(complaints)


def read_ignored(text: str, today: datetime.date) -> tuple[frozenset[str], list[str]]:
    """Return the identifiers that are ignored today, and what is wrong with the file.

    Parameters
    ----------
    text : str
        TOML: a list ``ignored`` of tables with ``id``, ``reason`` and ``until``, a date.
    today : date
        An entry counts up to and including its day.
    """
    good, complaints = set(), []
    for entry in tomllib.loads(text).get("ignored", []):
        name, until = str(entry.get("id", "")), entry.get("until")
        if not name or not str(entry.get("reason", "")).strip() or type(until) is not datetime.date:
            complaints.append(
                f"{IGNORED.name}: {name or entry}: give id, reason and until (a date)"
            )
        elif until < today:
            complaints.append(f"{IGNORED.name}: {name}: was ignored until {until}; look again")
        else:
            good.add(name)
    return frozenset(good), complaints


def known(answer: str, ignored: frozenset[str]) -> Iterator[str]:
    """Yield a line for each vulnerability in pip-audit's JSON that is not ignored.

    A package that the list does not have counts as one: nobody knows.
    """
    for package in json.loads(answer)["dependencies"]:
        if "skip_reason" in package:
            yield f"{package['name']}: not looked up ({package['skip_reason']})"
        for found in package.get("vulns", ()):
            if ignored.isdisjoint({found["id"], *found.get("aliases", ())}):
                fixed = ", ".join(found.get("fix_versions", ())) or "none"
                yield f"{package['name']} {package['version']}: {found['id']}; fixed in: {fixed}"


def _answers(service: str) -> bool:
    address, key = SERVICES[service]
    try:
        with urllib.request.urlopen(address, timeout=_REACH_S) as reply:  # noqa: S310 - https, as written above
            return bool(json.load(reply)[key])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _ask(service: str) -> str | None:
    """Return pip-audit's JSON; ``None`` where the list stopped answering."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip"]
    command += ["--vulnerability-service", service, "--timeout", "10"]
    command += ["--format", "json", "--desc", "off", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            command, capture_output=True, text=True, timeout=_AUDIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"{service} did not answer within {_AUDIT_S:.0f} s: not looked up")
        return None
    try:
        json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        print(f"{service} could not be asked: not looked up ({lines[-1]})")
        return None
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
