from assistant_transport.http.views import assistant_endpoint, health_check

__all__ = ["assistant_endpoint", "health_check"]
