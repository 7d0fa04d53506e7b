"""App configuration of `nucleo`."""

from django.apps import AppConfig


class NucleoConfig(AppConfig):
    """Registers the app under its Portuguese name."""

    name = "nucleo"
    verbose_name = "Núcleo"

    def ready(self) -> None:
        """Register the lookups of the house."""
        from django.db.models import CharField, Field, ForeignObject, TextField

        from nucleo.campos.buscas import Contem
        from nucleo.campos.listas import UmDe

        Field.register_lookup(UmDe)
        ForeignObject.register_lookup(UmDe)
        for com_texto in (CharField, TextField):
            com_texto.register_lookup(Contem, lookup_name="contem")
