"""``make audit``: known vulnerabilities of what requirements.lock names.

Green only where every package was looked up: without a network, or with an index that knows no
vulnerabilities, pip-audit skips packages and ends well; here that is not well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CLEAN, VULNERABLE, NOT_DONE = 0, 1, 2
LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
_SHOWN = 3


def judged(document: str, complaint: str = "") -> tuple[int, list[str]]:
    """What pip-audit's JSON comes to.

    Args:
        document: Its standard output.
        complaint: Its standard error.

    Returns:
        Exit code, and lines to print.
    """
    try:
        found: list[dict[str, Any]] = json.loads(document)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or ["no answer"])[-1]
        return NOT_DONE, [f"Không kiểm tra được lỗ hổng / not audited: {last}"]
    skipped = [each["name"] for each in found if "skip_reason" in each]
    lines = [
        f"{each['name']} {each['version']}: {vuln['id']}, "
        f"mended in {', '.join(vuln['fix_versions']) or 'no version yet'}"
        for each in found
        for vuln in each.get("vulns", [])
    ]
    if lines:
        return VULNERABLE, lines
    if skipped or not found:
        few = ", ".join(skipped[:_SHOWN]) + ("…" if len(skipped) > _SHOWN else "")
        share = f"{len(skipped)}/{len(found)} gói không tra cứu được"
        few = f"({few}); cần có mạng."
        said = f"Không kiểm tra được lỗ hổng / not audited: {share} {few}"
        return NOT_DONE, [said]
    return CLEAN, [f"{len(found)} gói, không có lỗ hổng đã biết / no known vulnerabilities."]


def main() -> int:
    """Audit the lock."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--format", "json"]
    command += ["--require-hashes", "--disable-pip", "--no-deps", "--progress-spinner", "off"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    code, lines = judged(ended.stdout, ended.stderr)
    print("\n".join(lines))  # noqa: T201 — a command of the Makefile
    return code


if __name__ == "__main__":
    sys.exit(main())
