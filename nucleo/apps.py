"""App configuration of `nucleo`."""

from django.apps import AppConfig


class NucleoConfig(AppConfig):
    """Registers the app under its Portuguese name."""

    name = "nucleo"
    verbose_name = "Núcleo"
