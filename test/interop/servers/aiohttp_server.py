# Python's `aiohttp` as a server.
import asyncio
import ssl
import sys

from aiohttp import WSMsgType, web

from listening import announce

MAX_BYTES = 128 * 1024 * 1024


async def echo(request):
    query = request.query
    connection = web.WebSocketResponse(protocols=["interop.v2"], max_msg_size=MAX_BYTES)
    await connection.prepare(request)
    is_first = True
    async for message in connection:
        if is_first and "ping" in query:
            await connection.ping(b"are you there?")
        if message.type == WSMsgType.TEXT:
            await connection.send_str(message.data)
        else:
            await connection.send_bytes(message.data)
        if is_first and "close" in query:
            await connection.close(code=int(query["close"]), message=query.get("reason", "").encode())
        is_first = False
    return connection


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    application = web.Application()
    application.router.add_get("/{path:.*}", echo)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    plain, secure = runner.addresses
    await announce(plain[1], secure[1])


asyncio.run(main())
