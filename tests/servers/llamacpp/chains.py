"""What the model says: its pieces (tokens) in order, for each kind of answer.

`chat.jinja` chooses the kind by what the conversation says. A piece stands in one chain only, since exactly one other
follows it; so the same words are cut differently in two chains.
"""

END = "<|im_end|>"
LOOP = "la "  # follows itself: an answer that never ends

CHAINS: dict[str, tuple[str, ...]] = {
    "plain": ("Hel", "lo, ", "I am ", "a small ", "model."),
    "think": ("<think>", "Let me", " see.", "</think>", "Yes", ", indeed."),
    "calculate": (
        *("<tool_call>", '\n{"name": "calculate", ', '"arguments": ', '{"expression": ', '"6*7"', "}}\n"),
        "</tool_call>",
    ),
    "two": (
        *('<tool_call>\n{"', 'name": "calculate"', ', "arguments": {', '"expression": "1+1"', "}}\n</tool_call>\n"),
        *('<tool_call>\n{"name', '": "current_time", "arguments"', ": {}}\n</tool_call>"),
    ),
    "ponder": (
        *("<think>I", " need a", " number.</think>"),
        *('<tool_call>\n{"name"', ': "calculate", "arg', 'uments": {"expression": ', '"3*3"}}\n</tool_call>'),
    ),
    "weather": ('<tool_call>\n{"name":', ' "get_weather", ', '"arguments": {"city": "Ro', 'me"}}\n</tool_call>'),
    "refused": ('<tool_call>\n{"name": "', 'calculate", "arguments": {"expression": "', '9**9**9"}}\n</tool_call>'),
    "emoji": ("<0xF0>", "<0x9F>", "<0x98>", "<0x80>", " smile"),
    "nothing": (),
    "forever": (LOOP,),
    # What comes of the tools' results, of a thought and of an earlier message: the server has seen them.
    "is 42": ("It ", "is 42."),
    "is 2": ("The sum", " is 2, and I know the time."),
    "is 9": ("I thought", " it through: 9."),
    "sunny": ("Take ", "a hat."),
    "too large": ("That is", " too large."),
    "apples": ("You like", " apples."),
    "confused": ("What", " was that?"),
}
