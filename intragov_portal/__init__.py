"""The project: settings, addresses, queue, home. May know every app."""

from .celery import app as celery_app

__all__ = ["celery_app"]
