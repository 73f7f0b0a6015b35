"""`python -m tests.servers.llamacpp MODEL PORT`: serves a model on 127.0.0.1 until it is killed."""

import sys
import threading

import xllamacpp

if __name__ == "__main__":
    params = xllamacpp.CommonParams()
    params.model.path, params.port = sys.argv[1], int(sys.argv[2])
    params.n_ctx, params.n_parallel = 16384, 4  # 4,096 tokens for each conversation
    params.cpuparams.n_threads = 1
    params.warmup = False
    params.endpoint_slots = True
    server = xllamacpp.Server(params)
    threading.Event().wait()
