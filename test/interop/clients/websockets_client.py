# Python's `websockets` as a client.
import asyncio
import ssl

import websockets

from agent import Ledger, cut, serve

MAX_BYTES = 128 * 1024 * 1024


def insecure():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def send_all(connection, task, ledger):
    for spec, message in zip(task["messages"], ledger.expected):
        await connection.send(cut(spec) if "fragments" in spec else message)


async def run(task):
    ledger = Ledger(task["messages"])
    connection = await websockets.connect(
        task["url"],
        ssl=insecure() if task["url"].startswith("wss:") else None,
        subprotocols=task["protocols"] or None,
        compression="deflate" if task["deflate"] else None,
        max_size=MAX_BYTES,
        ping_interval=None,
    )
    if task["ping"]:
        await (await connection.ping(b"are you there?"))
    sending = asyncio.create_task(send_all(connection, task, ledger))
    try:
        if not ledger.is_complete:
            async for message in connection:
                if ledger.take(message):
                    break
        await sending
        if "close" in task:
            await connection.close(task["close"]["code"], task["close"]["reason"])
        else:
            await connection.wait_closed()
    except websockets.ConnectionClosed:
        pass
    extensions = connection.response_headers.get("Sec-WebSocket-Extensions", "")
    return {
        **ledger.result,
        "subprotocol": connection.subprotocol or "",
        "extensions": extensions,
        "closed": {"code": connection.close_code, "reason": connection.close_reason},
    }


asyncio.run(serve(run))
