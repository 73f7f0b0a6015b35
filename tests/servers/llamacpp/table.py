"""Writes a model that walks a table of next tokens, as a GGUF file of 17 MB (architecture llama, all F32).

Attention and feed-forward are zero, so that the residual stream carries the last token's embedding, which is one-hot,
to the output matrix. There each token's column holds the one that follows it.
"""

from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np

from tests.servers.llamacpp.chains import CHAINS, END, LOOP

_WIDTH = 640  # of the embedding; as many tokens are there, most of them unused
_HEADS = 10
_FEED_FORWARD = 64
_BLOCKS = 2
_CONTEXT = 32768
# The norm makes a one-hot √640 high, so the logit of the only successor is 50, and of any other token 0.
_WEIGHT = 2.0


def write(path: Path) -> None:
    """Writes the model that says CHAINS, with `chat.jinja` as its chat template."""
    kinds = _vocabulary()
    index = {token: number for number, token in enumerate(kinds)}
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("table")
    writer.add_block_count(_BLOCKS)
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(_WIDTH)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(list(kinds))
    writer.add_token_scores([0.0] * _WIDTH)
    writer.add_token_types(list(kinds.values()))
    writer.add_unk_token_id(index["<unk>"])
    writer.add_bos_token_id(index["<s>"])
    writer.add_eos_token_id(index[END])
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template((Path(__file__).parent / "chat.jinja").read_text())
    _add_tensors(writer, index)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> dict[str, gguf.TokenType]:
    """All tokens in order, and what each is to the tokenizer."""
    kinds = {"<unk>": gguf.TokenType.UNKNOWN}
    kinds |= dict.fromkeys(["<s>", END, "<|im_start|>", *map(_marker, CHAINS)], gguf.TokenType.CONTROL)
    kinds |= {f"<0x{byte:02X}>": gguf.TokenType.BYTE for byte in range(256)}
    for piece in (piece for pieces in CHAINS.values() for piece in pieces):
        kinds.setdefault(piece, gguf.TokenType.USER_DEFINED)
    return kinds | {f"<|{number}|>": gguf.TokenType.UNUSED for number in range(len(kinds), _WIDTH)}


def _marker(chain: str) -> str:
    return f"<|{chain}|>"


def _successors() -> dict[str, str]:
    found = {LOOP: LOOP}
    for name, pieces in CHAINS.items():
        for token, following in pairwise([_marker(name), *pieces, END]):
            assert token not in found or token == LOOP, f"{token!r} is in two chains"
            found.setdefault(token, following)
    return found


def _add_tensors(writer: gguf.GGUFWriter, index: dict[str, int]) -> None:
    following = _successors()
    output = np.zeros((_WIDTH, _WIDTH), np.float32)
    for token, number in index.items():
        output[index[following.get(token, END)], number] = _WEIGHT
    ones = np.ones(_WIDTH, np.float32)
    shapes = {"attn_q": (_WIDTH, _WIDTH), "attn_k": (_WIDTH, _WIDTH), "attn_v": (_WIDTH, _WIDTH)}
    shapes |= {"attn_output": (_WIDTH, _WIDTH), "ffn_gate": (_FEED_FORWARD, _WIDTH)}
    shapes |= {"ffn_up": (_FEED_FORWARD, _WIDTH), "ffn_down": (_WIDTH, _FEED_FORWARD)}
    writer.add_tensor("token_embd.weight", np.eye(_WIDTH, dtype=np.float32))
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", ones)
    for block in range(_BLOCKS):
        writer.add_tensor(f"blk.{block}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{block}.ffn_norm.weight", ones)
        for name, shape in shapes.items():
            writer.add_tensor(f"blk.{block}.{name}.weight", np.zeros(shape, np.float32))
