from django.apps import AppConfig


class ThreadsConfig(AppConfig):
    name = "assistant_transport.threads"
    label = "assistant_threads"
    verbose_name = "Assistant threads"
    default_auto_field = "django.db.models.BigAutoField"
