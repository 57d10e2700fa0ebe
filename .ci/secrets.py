"""Looks for secrets that slipped into a file. What was looked at and is none stands in secrets.baseline.

python .ci/secrets.py            red for anything that is not in the baseline
python .ci/secrets.py --record   write what is found into the baseline; then look at each: detect-secrets audit
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from detect_secrets import SecretsCollection
from detect_secrets.core import baseline
from detect_secrets.settings import transient_settings

BASELINE = Path(__file__).parent / "secrets.baseline"
PASSED_OVER = (".lock", "package-lock.json", ".baseline", "openapi/plut-v1.yaml")  # Hashes; what schemas say already.
INVENTED_IN_TESTS = frozenset({"Secret Keyword", "Basic Auth Credentials"})
_PATH = "detect_secrets.filters"
SETTINGS = {
    "plugins_used": [
        *({"name": name} for name in ("ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector")),
        *({"name": name} for name in ("BasicAuthDetector", "GitHubTokenDetector", "GitLabTokenDetector")),
        *({"name": name} for name in ("JwtTokenDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector")),
        *({"name": name} for name in ("PypiTokenDetector", "SendGridDetector", "SlackDetector", "StripeDetector")),
        *({"name": name} for name in ("TelegramBotTokenDetector", "TwilioKeyDetector")),
        {"name": "Base64HighEntropyString", "limit": 4.5},
        {"name": "HexHighEntropyString", "limit": 3.0},
        {"name": "KeywordDetector", "keyword_exclude": ""},
    ],
    "filters_used": [
        {"path": f"{_PATH}.heuristic.{name}"}
        for name in ("is_indirect_reference", "is_sequential_string", "is_templated_secret", "is_potential_uuid")
    ]
    + [{"path": f"{_PATH}.regex.should_exclude_line", "pattern": [r"examples=\["]}],  # Invented, for the contract.
}


def files() -> list[str]:
    """Files of the repository, committed or about to be."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")  # noqa: S603
    return [name for name in listed if name and not name.endswith(PASSED_OVER) and Path(name).is_file()]


def scanned(names: list[str]) -> SecretsCollection:
    """What is found in files."""
    found = SecretsCollection()
    with transient_settings(SETTINGS):
        found.scan_files(*names)
    for name, secret in list(found):
        if name.startswith("tests/") and secret.type in INVENTED_IN_TESTS:
            found[name].remove(secret)
    return found


def main(record: bool) -> int:
    """Say what is new; 1 if anything is."""
    found = scanned(files())
    known: dict[str, list[dict[str, Any]]] = json.loads(BASELINE.read_text())["results"] if BASELINE.exists() else {}
    judged = {(name, each["hashed_secret"]): each.get("is_secret") for name in known for each in known[name]}
    if record:
        for name, secret in found:
            secret.is_secret = judged.get((name, secret.secret_hash))
        with transient_settings(SETTINGS):
            BASELINE.write_text(json.dumps(baseline.format_for_output(found), indent=2) + "\n")
        return 0
    new = [(name, each) for name, each in found if judged.get((name, each.secret_hash)) is not False]
    for name, each in new:
        print(f"{name}:{each.line_number}: {each.type}", file=sys.stderr)
    if new:
        print("If it is a secret, change it. If not: see the head of .ci/secrets.py", file=sys.stderr)
    return bool(new)


if __name__ == "__main__":
    os.chdir(BASELINE.parents[1])
    sys.exit(main("--record" in sys.argv[1:]))
