"""`python llamacpp_server.py FOLDER` starts llama.cpp's HTTP server with a tiny model, and prints its address.

The model walks a table: after the prompt's last token comes an emoji, byte by byte, and then the end. Attention and
feed-forward are zero, embeddings one-hot, and the output matrix holds each token's only successor.
"""

import sys
import threading
from itertools import pairwise

import gguf
import numpy as np
import xllamacpp

WIDTH, HEADS = 320, 5
EMOJI = [f"<0x{byte:02X}>" for byte in "😀".encode()]
SPECIAL = ["<unk>", "<s>", "<|end|>", "<|user|>", "<|answer|>"]
TEMPLATE = (
    "{% for m in messages %}{{ '<|user|>' + (m.content or '') }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|answer|>' }}{% endif %}"
)


def write(path: str) -> None:
    types = gguf.TokenType
    kinds = {"<unk>": types.UNKNOWN, **dict.fromkeys(SPECIAL[1:], types.CONTROL)}
    kinds |= {f"<0x{byte:02X}>": types.BYTE for byte in range(256)}
    kinds |= {f"<|{number}|>": types.UNUSED for number in range(len(kinds), WIDTH)}
    index = {token: number for number, token in enumerate(kinds)}
    following = dict(pairwise(["<|answer|>", *EMOJI, "<|end|>"]))
    output = np.zeros((WIDTH, WIDTH), np.float32)
    for token, number in index.items():
        output[index[following.get(token, "<|end|>")], number] = 3

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(32)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(WIDTH)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(list(kinds))
    writer.add_token_scores([0.0] * WIDTH)
    writer.add_token_types(list(kinds.values()))
    writer.add_eos_token_id(index["<|end|>"])
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", np.eye(WIDTH, dtype=np.float32))
    writer.add_tensor("output.weight", output)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((WIDTH, WIDTH), np.float32))
    for name, shape in {"gate": (32, WIDTH), "up": (32, WIDTH), "down": (WIDTH, 32)}.items():
        writer.add_tensor(f"blk.0.ffn_{name}.weight", np.zeros(shape, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(f"{sys.argv[1]}/model.gguf")
    params = xllamacpp.CommonParams()
    params.model.path, params.port, params.n_ctx, params.warmup = f"{sys.argv[1]}/model.gguf", 0, 4096, False
    params.cpuparams.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201
    threading.Event().wait()
