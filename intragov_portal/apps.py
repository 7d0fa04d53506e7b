"""App configuration of the project itself: templates and commands of nobody in particular, and the system checks."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registers the project's own system checks."""

    name = "intragov_portal"
    verbose_name = "Portal INTRAGOV"

    def ready(self) -> None:
        """Import for the side effect: the checks register themselves."""
        from intragov_portal import verificacoes  # noqa: F401
