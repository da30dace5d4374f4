"""Completes the image's list of contents: reads CycloneDX of the Python packages, writes all of it.

``python contents.py VERSION < packages.json > sbom.cdx.json``, in the image that is being built.
cyclonedx-py names what pip installed; this adds the program itself, Python and Debian's packages,
and has the whole validated. CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/
"""

import json
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

OURS = "email-listener"


def completed(
    packages: Mapping[str, Any], version: str, base: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the list with our own component above, and ``base`` beside the Python packages."""
    needed = {ref for each in packages["dependencies"] for ref in each.get("dependsOn", ())}
    names = {each["bom-ref"] for each in packages["components"]} - needed
    ours = {
        "type": "application",
        "bom-ref": OURS,
        "name": OURS,
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
    }
    above = {"ref": OURS, "dependsOn": sorted(names | {each["bom-ref"] for each in base})}
    return {
        **packages,
        "metadata": {**packages["metadata"], "component": ours},
        "components": [*packages["components"], *base],
        "dependencies": [*packages["dependencies"], above],
    }


def of_base(status: str, release: str, python: str) -> Iterator[dict[str, Any]]:
    """Yield what the base image brings.

    ``status`` is dpkg's, ``release`` the text of os-release(5).
    """
    pairs = [line.partition("=") for line in release.splitlines()]
    about = {name: value.strip('"') for name, _, value in pairs}
    system, number = about["ID"], about["VERSION_ID"]
    yield {"type": "operating-system", "bom-ref": system, "name": system, "version": number}
    yield {
        "type": "platform",
        "bom-ref": "python",
        "name": "python",
        "version": python,
        "cpe": f"cpe:2.3:a:python:python:{python}:*:*:*:*:*:*:*",
        "purl": f"pkg:generic/python@{python}",
    }
    for paragraph in status.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line)
        if fields.get("Status") != "install ok installed":
            continue
        name, version = fields["Package"], fields["Version"]
        # https://github.com/package-url/purl-spec: an epoch's colon and a plus are written so.
        place = f"pkg:deb/{system}/{quote(name)}@{quote(version, safe='')}"
        purl = f"{place}?arch={fields['Architecture']}&distro={system}-{number}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
        }


def main() -> int:
    """Write the list; 1, and why, if it is not valid."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    status = Path("/var/lib/dpkg/status").read_text("utf-8")
    release = Path("/etc/os-release").read_text("utf-8")
    base = list(of_base(status, release, platform.python_version()))
    text = json.dumps(completed(json.load(sys.stdin), sys.argv[1], base), indent=1)
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.stderr.write(f"the list of contents is not valid: {wrong}\n")
        return 1
    sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
