# Python's `aiohttp` as a client.
import asyncio

import aiohttp

from agent import Ledger, serve

MAX_BYTES = 128 * 1024 * 1024


async def send_all(connection, ledger):
    for message in ledger.expected:
        if isinstance(message, str):
            await connection.send_str(message)
        else:
            await connection.send_bytes(message)


async def run(task):
    ledger = Ledger(task["messages"])
    async with aiohttp.ClientSession() as session:
        connection = await session.ws_connect(
            task["url"],
            ssl=False,
            protocols=task["protocols"],
            compress=15 if task["deflate"] else 0,
            max_msg_size=MAX_BYTES,
            autoping=False,
        )
        if task["ping"]:
            await connection.ping(b"are you there?")
            answer = await connection.receive()
            assert answer.type == aiohttp.WSMsgType.PONG and answer.data == b"are you there?", answer
        sending = asyncio.create_task(send_all(connection, ledger))
        reason = ""
        while not (ledger.is_complete and "close" in task):
            message = await connection.receive()
            if message.type == aiohttp.WSMsgType.PING:
                await connection.pong(message.data)
            elif message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                ledger.take(message.data)
            elif message.type == aiohttp.WSMsgType.CLOSE:
                reason = message.extra or ""
            else:
                break  # closed
        await sending
        if "close" in task:
            await connection.close(code=task["close"]["code"], message=task["close"]["reason"].encode())
        return {
            **ledger.result,
            "subprotocol": connection.protocol or "",
            "extensions": "permessage-deflate" if connection.compress else "",
            "closed": {"code": connection.close_code, "reason": reason},
        }


asyncio.run(serve(run))
