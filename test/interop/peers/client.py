"""A client of Python's websockets. Each line of standard input is a job in JSON, each line of output what came of it."""

import asyncio
import base64
import json
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory


def coded(message):
    opcode, data = ("text", message.encode()) if isinstance(message, str) else ("binary", message)
    return [opcode, base64.b64encode(data).decode()]


def decoded(opcode, data):
    data = base64.b64decode(data)
    return data.decode() if opcode == "text" else data


async def echo(ws, job):
    async def send():
        for message in job["messages"]:
            await ws.send(decoded(*message))

    sending = asyncio.ensure_future(send())
    received = [coded(await ws.recv()) for _ in job["messages"]]
    await sending
    return received


async def receive(ws, job):
    received = []
    try:
        async for message in ws:
            received.append(coded(message))
    except websockets.ConnectionClosedError:
        pass
    return received


async def fragments(ws, job):
    await ws.send([decoded("text", part) for part in job["parts"]])
    return [coded(await ws.recv())]


async def ping(ws, job):
    await (await ws.ping(job["payload"]))
    return []


async def raw(ws, job):
    ws.transport.write(bytes.fromhex(job["hex"]))
    return []


async def close(ws, job):
    await ws.close(job["code"], job["reason"])
    return []


async def drop(ws, job):
    ws.transport.abort()
    return []


VERBS = {"echo": echo, "receive": receive, "fragments": fragments, "ping": ping, "raw": raw, "close": close, "drop": drop}


async def work(job):
    parameters = job.get("deflate")
    extensions = None if parameters is None else [ClientPerMessageDeflateFactory(**parameters)]
    try:
        ws = await websockets.connect(
            job["url"], compression=None, extensions=extensions, subprotocols=job.get("subprotocols"), max_size=2**21
        )
    except websockets.InvalidStatusCode as refusal:
        return {"status": refusal.status_code}
    messages = []
    try:
        messages = await VERBS[job["do"]](ws, job)
    except websockets.ConnectionClosed:
        pass
    if job["do"] in ("echo", "fragments", "ping"):
        await ws.close()
    await ws.wait_closed()
    answer = ws.response_headers.get("Sec-WebSocket-Extensions", "")
    return {
        "messages": messages,
        "extensions": answer,
        "subprotocol": ws.subprotocol or "",
        "code": ws.close_code,
        "reason": ws.close_reason,
    }


async def main():
    reader = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        try:
            answer = await work(json.loads(line))
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
