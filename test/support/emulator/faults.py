"""Runs microburst, a proxy that puts faults between a client and an AWS endpoint.

    python -s -E -B faults.py LIBRARY UPSTREAM

Port and end as in launcher.py.
"""

import json
import os
import socket
import sys

sys.path.insert(0, sys.argv[1])
sys.path.insert(1, os.path.dirname(os.path.abspath(__file__)))


def main() -> None:
    import lifetime

    lifetime.end_with_standard_input()

    from aiohttp import web
    from microburst import forward
    from microburst.app import make_app
    from microburst.detection import host
    from microburst.core.pipeline import Microburst

    keep_host(forward)
    keep_path(forward)
    # Which service is meant stands in the signature; reading it off AWS's host names would load every model (4 s).
    host._endpoint_prefix_map = dict
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    web.run_app(make_app(Microburst(sys.argv[2], rules=[], resign=False)), sock=listener, print=None)


def keep_host(forward) -> None:
    """The client signed its Host header: with another one the emulator would refuse the signature."""
    for each in vars(forward).values():
        if isinstance(each, type) and "_outbound_headers" in vars(each):
            _patch(each)


def keep_path(forward) -> None:
    """The client signed its path as it wrote it, with "%3A" in a function's ARN; aiohttp's client would write ":"."""
    from yarl import URL

    session = forward.aiohttp.ClientSession
    original = session._request

    def request(self, method, url, **options):
        return original(self, method, URL(str(url), encoded=True), **options)

    session._request = request


def _patch(forwarder) -> None:
    original = forwarder._outbound_headers

    def headers(self, request):
        return {**original(self, request), "host": request.headers["Host"]}

    forwarder._outbound_headers = headers


if __name__ == "__main__":
    main()
