from assistant_transport.http.models import AddMessageCommand, AssistantRequest, MessagePart, UserMessage

__all__ = ["AddMessageCommand", "AssistantRequest", "MessagePart", "UserMessage"]
