# Says on which ports a server listens and waits until its input ends.
import asyncio
import json
import sys


async def announce(port, secure_port):
    print(json.dumps({"port": port, "securePort": secure_port}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
