"""The ready list as a Django REST framework tutorial would write it. Runs in the benchmark's own environment."""

import os
from urllib.parse import urlsplit

import django
from django.conf import settings

address = urlsplit(os.environ["BENCH_URL"])
settings.configure(
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["rest_framework"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path.lstrip("/"),
            "USER": address.username,
            "PASSWORD": address.password,
            "HOST": address.hostname,
            "PORT": address.port,
            "CONN_MAX_AGE": None,
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, pagination, serializers  # noqa: E402


class Row(models.Model):
    """A row of the flattened list."""

    id = models.UUIDField(primary_key=True)
    regency_code = models.TextField()
    size_class = models.TextField()
    kbli_code = models.TextField()
    removed = models.BooleanField()
    masked = models.BooleanField()
    name = models.TextField()
    owner_name = models.TextField()
    village_code = models.TextField()
    kbli_version = models.TextField()
    sector = models.TextField()
    segments = models.JSONField()
    amount_band = models.TextField()
    amount_idr = models.BigIntegerField()
    tenor_months = models.IntegerField()
    principle = models.TextField()
    started_year = models.IntegerField()
    figures_year = models.IntegerField()
    sales_idr = models.BigIntegerField()
    capital_idr = models.BigIntegerField()
    workers = models.IntegerField()
    outcomes = models.JSONField()
    gates = models.JSONField()
    rule_set = models.TextField()
    confirmed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_list"


class RowSerializer(serializers.ModelSerializer):
    """Every column."""

    class Meta:
        model = Row
        fields = "__all__"


class Pages(pagination.CursorPagination):
    """Pages of 200 by id."""

    page_size = 200
    ordering = "id"


class RowList(generics.ListAPIView):
    """Filtered by regency and size class."""

    serializer_class = RowSerializer
    pagination_class = Pages

    def get_queryset(self):
        """The rows asked for."""
        query = self.request.query_params
        return Row.objects.filter(regency_code=query["regency"], size_class=query["size_class"])


urlpatterns = [path("page", RowList.as_view())]
application = get_wsgi_application()
