"""How servers call what went wrong. Codes and types come first, words only where a server has nothing else.

Seen on the servers themselves in November 2026: llama.cpp (xllamacpp 2026.10.11549), vLLM 0.32.0, LiteLLM's proxy
1.106.12, transformers serve 5. The others' are from the public report or page named beside them.
"""

import re

# Codes, types, statuses and reasons that say exactly one thing, in lower case.
CODES = {
    "context_length_exceeded": "too_long",  # OpenAI, Groq, Azure, Together
    "exceed_context_size_error": "too_long",  # llama.cpp
    "request_too_large": "too_long",  # Anthropic, with 413
    "tokens_limit_reached": "too_long",  # GitHub Models
    "model_not_found": "unknown_model",  # OpenAI, Groq, Cerebras, Hugging Face
    "invalid_model": "unknown_model",  # Mistral
    "model_not_available": "unknown_model",  # Together
    "model_decommissioned": "unknown_model",  # Groq
    "deploymentnotfound": "unknown_model",  # Azure
    "invalid_api_key": "wrong_key",  # OpenAI, Groq, Together
    "api_key_invalid": "wrong_key",  # Gemini, with 400
    "no_db_connection": "wrong_key",  # LiteLLM without a database, for a key that is not its own
    "insufficient_quota": "quota",  # OpenAI, with 429
    "billing_hard_limit_reached": "quota",  # OpenAI
    "billing_error": "quota",  # Anthropic
    "exceeded_current_quota_error": "quota",  # Moonshot, with 429
    "budget_exceeded": "quota",  # LiteLLM
    "insufficient_balance": "quota",
    "arrearage": "quota",  # DashScope
    "content_filter": "filtered",  # Azure
    "content_policy_violation": "filtered",  # OpenAI, LiteLLM
    "data_inspection_failed": "filtered",  # DashScope
    "overloaded_error": "overloaded",  # Anthropic
    "server_is_overloaded": "overloaded",  # OpenAI
    "engine_overloaded_error": "overloaded",  # Moonshot
    "overloaded": "overloaded",  # Text Generation Inference
}

# Those that say no more than a status does, and less than the words beside them may.
STATUSES = {
    "authentication_error": 401,
    "unauthenticated": 401,
    "permission_denied": 403,
    "not_found_error": 404,
    "notfounderror": 404,
    "not_found": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "too_many_requests": 429,
    "resource_exhausted": 429,
    "server_error": 500,
    "service_unavailable": 503,
    "unavailable": 503,
}

REASONS_OF_STATUSES = {
    401: "wrong_key", 402: "quota", 403: "wrong_key", 405: "wrong_address", 408: "timeout", 413: "too_long",
    429: "rate_limited", 503: "unavailable", 504: "timeout", 524: "timeout", 529: "overloaded",
}  # fmt: skip

# Words for what servers have no code for; the first reason that is found counts. A pattern stays within a line.
_WORDS = {
    "wrong_address": (r"unexpected endpoint or method", r"invalid url \("),
    # The limit asked for is too large, not the conversation: vLLM, Anthropic, OpenAI.
    "limit_too_high": (
        r"max_(completion_|output_)?tokens\W.{0,40}\btoo large",
        r"max_tokens: \d+ > ",
        r"supports at most \d+ completion",
    ),
    "filtered": (r"content ?policy ?violation", r"content management policy", r"content exists risk"),
    "too_long": (r"context.?window.?exceeded", r"maximum context length", r"prompt is too long"),
    "no_tools": (r"tools?\W.{0,40}not support", r"not support\w* (tool|function)"),
    "no_images": (r"image input is not supported", r"not support\w* image", r"not a multimodal model"),
    "unknown_model": (r"invalid model", r"model\W.{0,120}(not found|not exist)"),
    "wrong_key": (r"no connected db", r"(invalid|incorrect) api.?key", r"api key not valid"),
    "overloaded": (r"overloaded", r"over capacity"),
}

WORDS = {reason: re.compile("|".join(patterns), re.IGNORECASE) for reason, patterns in _WORDS.items()}
