"""App configuration of `contas`."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed


class ContasConfig(AppConfig):
    """Registers the app under its Portuguese name and starts the session's clocks at login."""

    name = "contas"
    verbose_name = "Contas"

    def ready(self) -> None:
        """Connect the receivers of the app."""
        from contas.middleware import anotar_recusa, marcar_inicio

        user_logged_in.connect(marcar_inicio, dispatch_uid="contas.marcar_inicio")
        user_login_failed.connect(anotar_recusa, dispatch_uid="contas.anotar_recusa")
