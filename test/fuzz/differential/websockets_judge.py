"""What Python's websockets makes of streams: its sans-I/O connection, in the role of a server.

Reads cases from the standard input, each as a length (4 bytes, big-endian) and so many bytes, and answers each with a
line of JSON. The sans-I/O layer gives frames; as its callers do, this puts them together and decodes texts strictly.
"""

import codecs
import json
import struct
import sys

import websockets
from websockets.frames import OP_BINARY, OP_CLOSE, OP_CONT, OP_TEXT

try:
    from websockets.protocol import SERVER, Protocol
    from websockets.frames import Close
except ImportError:  # until version 11
    from websockets.connection import SERVER, Connection as Protocol
    from websockets.frames import Close

MAX_MESSAGE_BYTES = int(sys.argv[1])


def judge(stream):
    connection = Protocol(SERVER, max_size=MAX_MESSAGE_BYTES)
    connection.receive_data(stream)
    messages = []
    opcode = None
    pieces = []
    for frame in connection.events_received():
        if frame.opcode is OP_CLOSE:
            return messages, "closed %d" % Close.parse(frame.data).code
        if frame.opcode not in (OP_TEXT, OP_BINARY, OP_CONT):
            continue
        if frame.opcode is not OP_CONT:
            opcode, pieces = frame.opcode, []
            decoder = codecs.getincrementaldecoder("utf-8")()
        pieces.append(bytes(frame.data))
        if opcode is OP_TEXT:
            try:
                decoder.decode(frame.data, frame.fin)
            except UnicodeDecodeError:
                return messages, "failed 1007"
        if frame.fin:
            messages.append(("t" if opcode is OP_TEXT else "b") + b"".join(pieces).hex())
    if connection.parser_exc is not None:
        return messages, "failed %d" % connection.close_sent.code
    return messages, "open"


def main():
    cases = sys.stdin.buffer
    print(json.dumps({"version": websockets.__version__}), flush=True)
    while True:
        head = cases.read(4)
        if len(head) < 4:
            return
        stream = cases.read(struct.unpack("!I", head)[0])
        messages, end = judge(stream)
        print(json.dumps({"messages": messages, "end": end}), flush=True)


main()
