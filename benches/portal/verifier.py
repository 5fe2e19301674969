"""django-otp behind HTTP, and nothing else: one view that asks a device to verify a code.

    export DATABASE_HOST=/run/postgresql DATABASE_PORT=5432 DATABASE_NAME=verifier
    python verifier.py 20000         # makes tables and devices, prints them
    gunicorn verifier:application

A right code is answered with 200, any other with 403.
"""

import os
import sys
from base64 import b32encode

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["localhost"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ["DATABASE_HOST"],  # a folder: of its socket
            "PORT": os.environ["DATABASE_PORT"],
            "NAME": os.environ["DATABASE_NAME"],
            "USER": "postgres",
            "CONN_MAX_AGE": None,  # connections are kept
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django_otp",
        "django_otp.plugins.otp_totp",
    ],
    # Says how long an answer is, so that a connection can be kept where the server does.
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="signs nothing here",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: E402


def verify(request):
    device = TOTPDevice.objects.get(pk=request.POST["device"])
    accepted = device.verify_token(request.POST["code"])
    return HttpResponse(status=200 if accepted else 403)


urlpatterns = [path("verify", verify)]
application = get_wsgi_application()


def seed(count):
    call_command("migrate", verbosity=0)
    users = [User(username=f"person-{number}") for number in range(count)]
    users = User.objects.bulk_create(users, batch_size=5000)
    devices = [TOTPDevice(user=user, name="app", confirmed=True) for user in users]
    for device in TOTPDevice.objects.bulk_create(devices, batch_size=5000):
        print(device.pk, b32encode(device.bin_key).decode())


if __name__ == "__main__":
    seed(int(sys.argv[1]))
