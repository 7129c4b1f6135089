"""A Milvus Lite server in a process of its own: `python milvus_lite_server.py FOLDER [PORT]` prints its port.

It listens on this machine only, whereas `milvus-lite server` listens on every address unless it is told not to.
"""

import subprocess
import sys

from vrom.store.milvus.database import driver


def start(folder, port=0):
    """Start a server; return its process and its port."""
    command = [sys.executable, __file__, str(folder), str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    driver()  # its import takes as long as the server's start
    return process, int(process.stdout.readline())


def stop(process):
    process.kill()
    process.communicate()


if __name__ == "__main__":
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    server, database, bound = start_server_in_thread(sys.argv[1], host="127.0.0.1", port=int(sys.argv[2]))
    print(bound, flush=True)
    sys.stdin.read()  # until the tests end
