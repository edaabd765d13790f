# Python's `websockets` as a server.
import asyncio
import math
import ssl
import sys
from urllib.parse import parse_qs, urlsplit

import websockets

from listening import announce

MAX_BYTES = 128 * 1024 * 1024


async def echo(connection, path):
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query, keep_blank_values=True).items()}
    is_first = True
    async for message in connection:
        if is_first and "ping" in query:
            await connection.ping(b"are you there?")
        if "fragments" in query:
            length = math.ceil(len(message) / int(query["fragments"]))
            await connection.send([message[at : at + length] for at in range(0, len(message), length)])
        else:
            await connection.send(message)
        if is_first and "close" in query:
            await connection.close(int(query["close"]), query.get("reason", ""))
            return
        is_first = False


async def listen(context):
    server = await websockets.serve(
        echo,
        "127.0.0.1",
        0,
        ssl=context,
        subprotocols=["interop.v2"],
        max_size=MAX_BYTES,
        ping_interval=None,
    )
    return server.sockets[0].getsockname()[1]


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    await announce(await listen(None), await listen(context))


asyncio.run(main())
