"""``python -m contract.schema`` prints the JSON Schema of the event."""

import json
import sys

from contract.event import EmailReceived


def schema_text() -> str:
    """Return the schema as it is published in docs/."""
    schema = EmailReceived.model_json_schema(by_alias=True)
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
