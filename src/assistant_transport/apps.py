from django.apps import AppConfig


class AssistantTransportConfig(AppConfig):
    name = "assistant_transport"
    verbose_name = "Assistant transport"

    def ready(self) -> None:
        from assistant_transport import checks  # noqa: F401 - it registers them
