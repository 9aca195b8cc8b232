"""Settings: every variable of the environment is read here, once, and is listed in `.env.example`."""

import datetime as dt

from django.core.exceptions import ImproperlyConfigured

from grover.core import logs
from grover.deployment import in_one_line, is_checking_configuration, unsafe_settings
from grover.env import BASE_DIR, Environment

env = Environment(BASE_DIR / ".env")

# --- Where it runs -----------------------------------------------------------------------------

ENVIRONMENT = env.choice("ENVIRONMENT", "development", of=("development", "production"))
DEBUG = env.flag("DEBUG", False)
DEVELOPMENT_SECRET = "development-only-" + "not-a-secret-" * 4
SECRET_KEY = env.text("SECRET_KEY", DEVELOPMENT_SECRET)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

IS_PRODUCTION = ENVIRONMENT == "production"

# --- Database ----------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", "sqlite:///var/grover.sqlite3")}
IS_MONGODB = DATABASES["default"]["ENGINE"] == "django_mongodb_backend"
DATABASE_ROUTERS = ["django_mongodb_backend.routers.MongoRouter"] if IS_MONGODB else []
DEFAULT_AUTO_FIELD = (
    "django_mongodb_backend.fields.ObjectIdAutoField" if IS_MONGODB else "django.db.models.BigAutoField"
)
MIGRATION_MODULES = (
    {label: f"grover.mongodb_migrations.{label}" for label in ("admin", "auth", "contenttypes")}
    if IS_MONGODB
    else {}
)

# --- Cache, broker, jobs -----------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL", "")
CACHES = {
    alias: (
        {
            "BACKEND": f"grover.core.cache_backends.{backend}",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "grover",
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},
        }
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": alias,
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    )
    for alias, backend in (("default", "DegradingRedisCache"), ("stamps", "FailFastRedisCache"))
}

CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "grover.core.channel_layers.RedisLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "grover"},
        }
        if REDIS_URL
        else {"BACKEND": "grover.core.channel_layers.MemoryLayer"}
    )
}

REALTIME_THREADS = env.number("REALTIME_THREADS", 8)
SEAT_LASTS = dt.timedelta(seconds=45)  # after that a process that says nothing has no sockets any more

JOBS = env.choice("JOBS", "inline", of=("inline", "celery"))
BROKER_URL = env.text("BROKER_URL", REDIS_URL)
CELERY_APP = "grover.celery.app"

# --- Applications ------------------------------------------------------------------------------

CONTRIB_APPS = (
    [
        "grover.mongodb_apps.MongoAdminConfig",
        "grover.mongodb_apps.MongoAuthConfig",
        "grover.mongodb_apps.MongoContentTypesConfig",
    ]
    if IS_MONGODB
    else ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes"]
)
INSTALLED_APPS = [
    "grover.core",  # before daphne, for its runserver
    "daphne",
    *CONTRIB_APPS,
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "grover.media",
    "accounts",
    "messaging",
    "payments",
    "content",
    "grover.realtime",
    "grover.operations",
]
MIDDLEWARE = [
    "grover.operations.middleware.RouteMetricsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "grover.core.middleware.RequestIdMiddleware",
    "grover.core.middleware.SecurityHeadersMiddleware",
    "grover.core.middleware.NullCharactersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "grover.core.middleware.StaffSessionMiddleware",
    "grover.core.middleware.StaffCsrfMiddleware",
    "grover.core.middleware.StaffAuthenticationMiddleware",
    "grover.core.middleware.StaffMessageMiddleware",
]
ROOT_URLCONF = "grover.urls"
WSGI_APPLICATION = "grover.wsgi.application"
ASGI_APPLICATION = "grover.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "grover" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Rate limits, per account or address; RATE_LIMIT_FACTOR raises them all, as load tests need -----

RATE_LIMIT_FACTOR = env.number("RATE_LIMIT_FACTOR", 1)
RATE_LIMITS = {
    "read": "1200/minute",
    "write": "300/minute",
    "upload": "120/hour",
    "sign_in": "20/minute",
    "refresh": "60/minute",
    "register": "20/hour",
    "password_reset": "10/hour",
    "mail": "10/hour",
    "export": "3/day",
    "report": "60/hour",
    "message": "300/minute",
    "message_search": "60/minute",
    "conversation": "300/hour",
    "typing": "120/minute",
    "push_device": "60/hour",
    "call": "120/hour",
    "payment": "120/hour",
    "discount_check": "300/hour",
    "webhook": "6000/minute",
}

# --- Accounts ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
ACCESS_TOKEN_LIFETIME = dt.timedelta(minutes=15)
REFRESH_TOKEN_LIFETIME = dt.timedelta(days=30)
DEVELOPMENT_SIGNING_KEY = "development:" + "not-a-signing-key-" * 3
JWT_SIGNING_KEYS = env.pairs("JWT_SIGNING_KEYS", DEVELOPMENT_SIGNING_KEY)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "accounts.providers.bcrypt_hasher.LegacyBCryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# --- REST --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["grover.core.tokens.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["grover.core.parsing.GuardedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "grover.core.schema.OperationSchema",
    "EXCEPTION_HANDLER": "grover.core.errors.exception_handler",
    "UNAUTHENTICATED_USER": "grover.core.viewers.anonymous",
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
SPECTACULAR_SETTINGS = {
    "TITLE": "Grover",
    "DESCRIPTION": "The back end of a social platform for creators.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "TAGS": [
        {"name": "accounts", "description": "Who people are, and what they are to each other."},
        {"name": "media", "description": "What people upload."},
        {"name": "messaging", "description": "What people say to each other, and what they are told of."},
        {"name": "payments", "description": "What people pay, earn, and are paid out."},
        {"name": "content", "description": "What people publish, and the home feed."},
        {"name": "operations", "description": "How the server is."},
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],
}
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS", "")
CORS_EXPOSE_HEADERS = ["ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-request-id",
]

# --- Media and static files --------------------------------------------------------------------

CLOUDINARY_URL = env.text("CLOUDINARY_URL", "")
MEDIA_ROOT = BASE_DIR / env.text("MEDIA_ROOT", "var/media")
MEDIA_URL = "/media/"
PRIVATE_ROOT = BASE_DIR / env.text("PRIVATE_ROOT", "var/private")
MEDIA_QUOTA_BYTES = env.number("MEDIA_QUOTA_BYTES", 2 * 1024**3)
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {
        "BACKEND": (
            "grover.media.providers.cloudinary.CloudinaryStorage"
            if CLOUDINARY_URL
            else "grover.media.providers.disk.DiskStorage"
        ),
        "OPTIONS": {} if CLOUDINARY_URL else {"allow_overwrite": True},  # a name stands for one content
    },
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION

# --- Mail --------------------------------------------------------------------------------------

EMAIL_URL = env.text("EMAIL_URL", "consolemail://")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Grover <no-reply@grover.example>")
vars().update(env.email(EMAIL_URL))

# --- Push ----------------------------------------------------------------------------------------

VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY", "")
VAPID_SUBJECT = env.text("VAPID_SUBJECT", "mailto:no-reply@grover.example")
EXPO_URL = env.text("EXPO_URL", "https://exp.host/--/api/v2/push").rstrip("/")
EXPO_ACCESS_TOKEN = env.text("EXPO_ACCESS_TOKEN", "")

# --- Security headers --------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^api/(live|health|ready|metrics)$", r"^metrics$"]  # asked from inside
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_SECURE = IS_PRODUCTION
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # SecurityHeadersMiddleware sends X-Frame-Options
    "security.W003",  # StaffCsrfMiddleware guards the only pages with cookies
]

# --- Operations --------------------------------------------------------------------------------

METRICS_ALLOW = env.networks("METRICS_ALLOW", "127.0.0.1,::1")
PROMETHEUS_EXPORT_MIGRATIONS = False
SENTRY_DSN = env.text("SENTRY_DSN", "")
LOG_FORMAT = env.choice("LOG_FORMAT", "json" if IS_PRODUCTION else "console", of=("json", "console"))
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", of=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = logs.configuration(LOG_FORMAT, LOG_LEVEL)

# --- The way out --------------------------------------------------------------------------------

OUTBOUND_ALLOW = env.networks("OUTBOUND_ALLOW", "")

# --- Calls -------------------------------------------------------------------------------------

AGORA_APP_ID = env.text("AGORA_APP_ID", "")
AGORA_APP_CERTIFICATE = env.text("AGORA_APP_CERTIFICATE", "")

# --- Payments ----------------------------------------------------------------------------------

PAYMENT_PROVIDER = env.choice("PAYMENT_PROVIDER", "sandbox", of=("sandbox", "paypal"))
PAYMENT_RETURN_URL = env.text("PAYMENT_RETURN_URL", f"{PUBLIC_URL}/payments/done")
SANDBOX_WEBHOOK_URL = env.text("SANDBOX_WEBHOOK_URL", f"{PUBLIC_URL}/api/v1/webhooks/sandbox")
CURRENCIES = ("USD",)
FEES = {  # in basis points
    "tip": 500,
    "post": 1000,
    "order": 500,
    "subscription": 1500,
    "gift": 1000,
    "super_chat": 1000,
    "coins": 0,
}
PAYPAL_URL = env.text("PAYPAL_URL", "https://api-m.paypal.com").rstrip("/")
PAYPAL_CLIENT_ID = env.text("PAYPAL_CLIENT_ID", "")
PAYPAL_SECRET = env.text("PAYPAL_SECRET", "")
PAYPAL_WEBHOOK_ID = env.text("PAYPAL_WEBHOOK_ID", "")
PAYPAL_MERCHANT_ID = env.text("PAYPAL_MERCHANT_ID", "")

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

# --- Production refuses what is unsafe -----------------------------------------------------------

if JOBS == "celery" and not BROKER_URL:
    raise ImproperlyConfigured("Set BROKER_URL to RabbitMQ or Redis: JOBS=celery needs a broker")
UNSAFE = unsafe_settings(globals())
if IS_PRODUCTION and UNSAFE and not is_checking_configuration():
    raise ImproperlyConfigured(in_one_line(UNSAFE))
