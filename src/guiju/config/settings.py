"""Every Django setting of Guiju; what an operator may change comes from ``environment``."""

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from guiju.config import logs, mail, words
from guiju.config.environment import current

environment = current()
HOME = environment.home
DEBUG = False
SECRET_KEY = environment.secret_key
ALLOWED_HOSTS = environment.allowed_hosts
CSRF_TRUSTED_ORIGINS = environment.trusted_origins
ROOT_URLCONF = "guiju.config.urls"
WSGI_APPLICATION = "guiju.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.Person"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_htmx",
    "procrastinate.contrib.django",
    "guiju.kit",
    "guiju.ledger",
    "guiju.access",
    "guiju.vault",
    "guiju.records",
    "guiju.console",
    "guiju.config",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

DATABASES = {"default": environment.database, "keyring": environment.keyring}
DATABASE_ROUTERS = ["guiju.config.routers.KeyringRouter"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guiju.access.web.context",
                "guiju.console.context.shell",
            ],
        },
    }
]

# Rate limits must count across all web processes, so the cache is a table both share (made by a migration of access).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# Signing in: people are added by administrators, never by themselves; sessions end.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = environment.session_hours * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.https
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
ACCOUNT_ADAPTER = "guiju.access.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "guiju.access.forms.SignInForm",
    "change_password": "guiju.access.forms.ChangePasswordForm",
    "set_password": "guiju.access.forms.SetPasswordForm",
    "reauthenticate": "guiju.access.forms.ConfirmPasswordForm",
}
# No stranger may lock anybody out: see guiju.access.guessing, which counts under the names of our own. The library's
# "login_failed" is the second step alone, for whoever knows the password already.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "reauthenticate": "10/m/user",
    "sign_in_address": "30/m/ip",
    "sign_in_browser": "30/m/key",
    "failed_address": "20/m/ip",
    "failed_pair": "5/5m/key",
    "failed_pair_besieged": "1/5m/key",
    "failed_browser": "5/5m/key",
    "failed_account": "50/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.trusted_proxies
MFA_ADAPTER = "guiju.access.signin.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "guiju.access.forms.SecondFactorForm",
    "reauthenticate": "guiju.access.forms.ConfirmCodeForm",
    "activate_totp": "guiju.access.forms.ActivateAppForm",
    "add_webauthn": "guiju.access.forms.AddPasskeyForm",
    "edit_webauthn": "guiju.access.forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Guiju"
MFA_TOTP_TOLERANCE = 1

LANGUAGE_CODE = environment.language
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [words.LOCALE]
USE_TZ = True
TIME_ZONE = environment.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "guiju.config.static.Storage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# What a person uploads stays in memory until the vault has sealed it; no temporary file ever holds it in the clear.
FILE_UPLOAD_HANDLERS = ["guiju.config.uploads.MemoryUploadHandler"]
UPLOAD_LIMIT = environment.upload_megabytes * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

API_CALLS_PER_MINUTE = environment.api_calls
API_FAILURES_PER_MINUTE = environment.api_failures

# The browser loads scripts, styles and pictures from here alone; nothing inline runs, nobody frames a page.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if environment.https else 0
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.trust_proxy else None
CSRF_FAILURE_VIEW = "guiju.config.errors.form_expired"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

BASE_URL = environment.address
KEY_FILE = environment.key_file
KEY_PASSPHRASE_FILE = environment.key_passphrase_file
LEDGER_ORIGIN = environment.ledger_origin
MAILERS = {"default": mail.settings(url=environment.email_url)}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.email_from
LOGGING = logs.configuration(level=environment.log_level, style=environment.log_format)

# Background jobs are in each room's jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
