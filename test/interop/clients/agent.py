# The loop of a Python client: a task as a line of JSON comes in, an outcome as a line of JSON goes out.
import asyncio
import json
import math
import sys


class Refused(Exception):
    """No connection came about."""


def build(spec):
    if spec["type"] == "text":
        return spec["unit"] * spec["times"]
    return bytes.fromhex(spec["unit"]) * spec["times"]


def cut(spec):
    """The message in parts of about equal length; a text between characters."""
    message = build(spec)
    length = math.ceil(len(message) / spec["fragments"])
    return [message[at : at + length] for at in range(0, len(message), length)]


class Ledger:
    """Compares what comes back with what was sent."""

    def __init__(self, specs):
        self.expected = [build(spec) for spec in specs]
        self.result = {"echoed": 0}

    @property
    def is_complete(self):
        return self.result["echoed"] == len(self.expected)

    def take(self, message):
        is_text = isinstance(message, str)
        self.result.setdefault("firstText", message[:1000] if is_text else "")
        at = self.result["echoed"]
        if at < len(self.expected) and message == self.expected[at]:
            self.result["echoed"] += 1
            return self.is_complete
        kind = "text" if is_text else "bytes"
        self.result.setdefault("mismatch", f"message {at} came back as {kind} of {len(message)}")
        return False


async def serve(run):
    """Does tasks until the input ends."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            answer = {"outcome": await run(json.loads(line))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
