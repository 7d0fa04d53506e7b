"""Addresses of the requests, links and orders."""

app_name = "saog"

urlpatterns: list[object] = []
