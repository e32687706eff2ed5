"""Servers of Python's websockets, one for each set of deflate parameters in argv[1] (JSON; null: no deflate).

Says its ports in one line of JSON, then one line for each connection that ended. What it does depends on the path.
"""

import asyncio
import json
import sys
from urllib.parse import unquote

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


async def converse(ws):
    verb, *words = ws.path.strip("/").split("/")
    if verb == "close":
        await ws.close(int(words[0]), unquote(words[1]) if len(words) > 1 else "")
    elif verb == "fragments":
        await ws.send(["one ", "", "Zö", "e"])
        await ws.send([b"\1", b"\2"])
    elif verb == "ping":
        await (await ws.ping("are you there"))
        await ws.send("you are")
    elif verb == "raw":
        ws.transport.write(bytes.fromhex(words[0]))
    elif verb == "drop":
        ws.transport.abort()
    async for message in ws:
        await ws.send(message)


async def handle(ws):
    try:
        await converse(ws)
    except websockets.ConnectionClosed:
        pass
    await ws.wait_closed()
    print(json.dumps([ws.close_code, ws.close_reason]), flush=True)


async def serve(parameters):
    extensions = None if parameters is None else [ServerPerMessageDeflateFactory(**parameters)]
    server = await websockets.serve(
        handle, "127.0.0.1", 0, compression=None, extensions=extensions, subprotocols=["b", "c"], max_size=2**21
    )
    return server.sockets[0].getsockname()[1]


async def main():
    print(json.dumps([await serve(parameters) for parameters in json.loads(sys.argv[1])]), flush=True)
    await asyncio.Future()


asyncio.run(main())
