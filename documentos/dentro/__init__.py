"""Runs inside the jail (``documentos.jaula``): started as ``python -I -B documentos/dentro``, knows nothing of Django."""
