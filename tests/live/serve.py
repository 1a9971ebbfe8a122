"""Serves a GGUF with llama.cpp's own HTTP server, on one thread, and says where: serve.py MODEL TEMPLATE."""

import sys
import time

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.chat_template = open(sys.argv[2], encoding="utf-8").read()
params.use_jinja = True
params.n_ctx = 8192
params.n_parallel = 1
params.n_predict = 96
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.port = 0
params.api_keys = ["live-key"]
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
while True:
    time.sleep(60)
