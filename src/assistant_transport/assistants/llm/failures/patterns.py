"""What servers call the things that go wrong: their codes, their statuses, and their words where they have no code.

Seen on the servers themselves in November 2026: llama.cpp (xllamacpp 2026.10.11549), vLLM 0.32.0, LiteLLM's proxy
1.106.12, transformers serve 5. What others send is from public reports; the tests have each with its source.
"""

import re

# Codes, types and reasons that mean one thing, in lower case.
CODES = {
    "context_length_exceeded": "too_long",  # OpenAI, Azure, Groq, Together
    "exceed_context_size_error": "too_long",  # llama.cpp
    "request_too_large": "too_long",  # Anthropic
    "tokens_limit_reached": "too_long",  # GitHub Models
    "model_not_found": "unknown_model",  # OpenAI, Groq, Cerebras, Hugging Face
    "invalid_model": "unknown_model",  # Mistral
    "invalid_model_id": "unknown_model",
    "model_not_available": "unknown_model",  # Together
    "model_decommissioned": "unknown_model",  # Groq
    "deploymentnotfound": "unknown_model",  # Azure
    "unknown_url": "wrong_address",  # OpenAI
    "invalid_api_key": "wrong_key",  # OpenAI, Groq
    "api_key_invalid": "wrong_key",  # Gemini
    "invalidapikey": "wrong_key",  # DashScope
    "no_db_connection": "wrong_key",  # LiteLLM without a database, for any key but its own
    "insufficient_quota": "quota",  # OpenAI
    "billing_hard_limit_reached": "quota",  # OpenAI
    "billing_error": "quota",  # Anthropic
    "exceeded_current_quota_error": "quota",  # Moonshot
    "insufficient_credits": "quota",
    "insufficient_balance": "quota",
    "budget_exceeded": "quota",  # LiteLLM
    "arrearage": "quota",  # DashScope
    "quota_per_day": "quota",  # our own name for Gemini's quotaId …PerDay…
    "content_filter": "filtered",  # Azure
    "content_policy_violation": "filtered",  # OpenAI, LiteLLM
    "data_inspection_failed": "filtered",  # DashScope
    "overloaded_error": "overloaded",  # Anthropic
    "server_is_overloaded": "overloaded",  # OpenAI
    "engine_overloaded_error": "overloaded",  # Moonshot
    "overloaded": "overloaded",  # Text Generation Inference
}

# Those that mean no more than a status does, so that the words beside them come first.
STATUSES = {
    "authentication_error": 401,
    "auth_error": 401,
    "unauthenticated": 401,
    "permission_error": 403,
    "permission_denied": 403,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "too_many_requests": 429,
    "resource_exhausted": 429,
    "service_unavailable": 503,
    "unavailable": 503,
    "timeout_error": 504,
    "deadline_exceeded": 504,
}

REASONS_OF_STATUSES = {
    401: "wrong_key", 402: "quota", 403: "wrong_key", 405: "wrong_address", 408: "timeout", 413: "too_long",
    429: "rate_limited", 503: "unavailable", 504: "timeout", 524: "timeout", 529: "overloaded",
}  # fmt: skip

_TOOLS = r"\b(?:tools|tool[ _-](?:use|choice|call\w*)|function[ _-]call\w*)"
_IMAGE = r"\bimage(?:s|_url)?\b(?![^\n]{0,20}(?:format|type|size))"
_MAX_TOKENS = r"\bmax_(?:completion_|output_)?tokens\b"

# Sentences of servers; the first reason that is found counts.
_WORDS = {
    # LM Studio answers so with 200, llama.cpp, OpenAI, Kong and Express with 404.
    "wrong_address": (
        r"unexpected endpoint or method",
        r"\binvalid url \(",
        r"\bfile not found$",
        r"\bpage not found",
        r"\bno route matched",
        r"\bcannot post /",
    ),
    # vLLM, OpenAI, Anthropic, DeepSeek, Groq: the answer's limit is too large, not the conversation.
    "limit_too_high": (
        _MAX_TOKENS + r"\W[^\n]{0,60}(?:too (?:large|high)|must be less|valid range|> \d)",
        r"supports at most \d+ completion tokens",
    ),
    "filtered": (
        r"content.?policy.?violation",
        r"content management policy",
        r"content exists risk",
        r"content filter",
        r"inappropriate content",
        r"violating our usage policy",
    ),
    "too_long": (
        r"context.?(?:length|window|size)[^\n]{0,30}exceed",
        r"exceed[^\n]{0,50}\b(?:context|token limit|number of (?:input )?tokens|input length)",
        r"\b(?:maximum|max) (?:context|prompt|input) length",
        r"\b(?:prompt|input|request|messages)\b[^\n]{0,20}\btoo (?:long|large)",
        r"\b(?:longer|greater) than the (?:model's )?context",
        r"\breduce the length of",
        r"\btoken count\b[^\n]{0,30}\bexceeds",
        r"\bconfigured context size",
        r"`inputs` tokens \+ `max_new_tokens`",
    ),
    "no_tools": (
        _TOOLS + r"\W[^.\n]{0,40}(?:\bnot (?:supported|enabled)|\bunsupported|\brequires? --)",
        r"(?:n[o']t|endpoints found that) support (?:parameters: \[[^\]\n]*')?" + _TOOLS,
        r"\bunsupported param\w*: '?tools",
    ),
    # The last three are servers that take no list of parts, and text alone is never sent as one.
    "no_images": (
        _IMAGE + r"[^.\n]{0,40}\b(?:not (?:supported|enabled)|unsupported|disabled|only supported by)",
        r"(?:n[o']t|endpoints found that) support (?:the )?(?:image|vision|multi-?modal)",
        r"\bnot a multimodal model",
        r"\bat most 0 image",
        r"\bmissing data required for image",
        r"\bunknown variant `image",
        r"\bcontent must be a string",
        r"\binvalid type: sequence, expected a string",
        r"\buntagged enum ChatCompletionRequestContent",
    ),
    "template": (r"\bchat.?template", r"\bparser for this template", r"\bjinja", r"\broles must alternate"),
    "unknown_model": (
        r"\b(?:invalid|unknown|no such) model\b",
        r"\b(?:model|deployment)s?\b[^\n]{0,120}\b(?:not found|not exist|decommissioned|not a valid)",
        r"\bnot a valid model",
        r"\bunable to access model",
        r"\bno endpoints found for",
    ),
    "wrong_key": (
        r"\b(?:invalid|incorrect|missing)\W+api.?key",
        r"\bapi.?key (?:is )?(?:not valid|invalid|expired)",
        r"\b(?:missing or )?invalid authorization",
        r"\bno connected db",
    ),
    "quota": (
        r"\binsufficient (?:balance|credit|funds|quota)",
        r"\bcredit balance is too low",
        r"\bbudget has been exceeded",
        r"n't have any credits",
    ),
    "overloaded": (
        r"\boverloaded",
        r"\b(?:over|at) capacity",
        r"\b(?:server|model) is (?:too )?busy",
        r"\bqueue is full",
    ),
    "rate_limited": (r"\brate.?limit", r"\btoo many requests", r"\bthrottl"),
}

WORDS = {reason: re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE) for reason, patterns in _WORDS.items()}

# A refusal of both together: what was asked for the answer, and all that there is.
OUTPUT_ASKED = re.compile(r"(\d+) (?:output tokens|(?:in|for) the (?:completion|output))")
CONTEXT = re.compile(r"maximum context length (?:is|of) (\d+)")
