"""Runs MiniStack in this process with what it lacks.

    python -s -E -B launcher.py LIBRARY

LIBRARY is the folder where MiniStack is installed; everything else comes by environment variables, as in
MiniStack's own documentation. It listens on 127.0.0.1, on a port that the system chooses, and writes one line
to standard output, `{"port": …}`, once it serves. It ends, with all it started, when its standard input closes:
so it cannot outlive the process that started it, however that one ended.
"""

import asyncio
import json
import os
import socket
import sys

LIBRARY = sys.argv[1]
sys.path.insert(0, LIBRARY)
sys.path.insert(1, os.path.dirname(os.path.abspath(__file__)))


def main() -> None:
    # The socket is bound before MiniStack is imported: its modules read the port when they load.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    port = listener.getsockname()[1]
    os.environ.update(GATEWAY_PORT=str(port), BIND_HOST="127.0.0.1", MINISTACK_HOST="127.0.0.1")

    import lifetime

    lifetime.end_with_standard_input()

    import patches
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    patches.install(app)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"

    async def asgi(scope, receive, send):
        # The name is looked up on each request, so that a patch of it counts.
        await app.app(scope, receive, send)

    async def run() -> None:
        print(json.dumps({"port": port}), flush=True)
        await serve(asgi, config)

    asyncio.run(run())


if __name__ == "__main__":
    main()
