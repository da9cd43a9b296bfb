"""Forms of access: the sign-in library's in our words, and our own."""

from datetime import timedelta
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as app_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guiju.access import queries
from guiju.access.actors import Actor
from guiju.access.models import Unit
from guiju.access.purposes import PURPOSES
from guiju.access.roles import ROLES

GRANTABLE = [(code, role.title) for code, role in ROLES.items() if role.grantable]
LIVES = [("30", _("30 days")), ("90", _("90 days")), ("366", _("One year"))]


def _say(form: forms.BaseForm, **labels: Any) -> None:
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.widget.attrs.pop("placeholder", None)


class SignInForm(account_forms.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, login=_("E-mail address"), password=_("Password"))
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocomplete": "username webauthn"}


class LinkForm(forms.Form):
    """The secret of a sign-in link, which a script takes from behind the ``#`` of the address."""

    code = forms.CharField(
        label=_("Code of the link"),
        help_text=_("The part behind # in the link you were given."),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Return the secret, also where the whole link was pasted."""
        return str(self.cleaned_data["code"]).rpartition("#")[2].strip()


class ChangePasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    """The current password and twice the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, oldpassword=_("Current password"), password1=_("New password"), password2=_("New password again"))
        self.fields["password1"].help_text = _("At least 12 characters. Three or four unrelated words work well.")


class SetPasswordForm(account_forms.SetPasswordForm):  # type: ignore[misc]
    """Twice the first password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password1=_("Password"), password2=_("Password again"))
        self.fields["password1"].help_text = _("At least 12 characters. Three or four unrelated words work well.")


class ConfirmPasswordForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=_("Password"))


class SecondFactorForm(factor_forms.AuthenticateForm):  # type: ignore[misc]
    """A code from the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code"))
        self.fields["code"].widget.attrs |= {"autofocus": True}


class ConfirmCodeForm(factor_forms.ReauthenticateForm):  # type: ignore[misc]
    """A code once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code"))
        self.fields["code"].widget.attrs |= {"autofocus": True}


class ActivateAppForm(app_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code shown by the app"))
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""

    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone"),
        help_text=_("It then asks for your fingerprint, face or PIN, and no password is needed."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, name=_("Name of the passkey"))
        self.order_fields(["name", "passwordless"])


class RenamePasskeyForm(passkey_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, name=_("Name of the passkey"))


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit, chosen from the tree."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=queries.units(), **{"empty_label": "–", **kwargs})

    def label_from_instance(self, obj: Unit) -> str:
        """Return the name, indented by its place in the tree."""
        return "\N{EM SPACE}" * obj.depth + obj.name


class AccountForm(forms.Form):
    """One's own name and language."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class PersonForm(forms.Form):
    """A new person."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("The person signs in with it."), widget=forms.EmailInput()
    )
    unit = UnitField(label=_("Unit"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial=get_language)


class UnitForm(forms.Form):
    """A new unit."""

    name = forms.CharField(label=_("Name of the unit"), max_length=120)
    parent = UnitField(label=_("Belongs to"))


class GrantForm(forms.Form):
    """A role to give."""

    role = forms.ChoiceField(label=_("Role"), choices=GRANTABLE)
    unit = UnitField(label=_("In the unit"))
    until = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Leave empty for a role without an end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PeopleFilter(forms.Form):
    """Which people to list. The search travels in the body: a name or an address never stands in a URL."""

    search = forms.CharField(label=_("Name or e-mail address"), required=False, max_length=120)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("Every role")), *GRANTABLE])
    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Every unit"))
    after = forms.CharField(required=False, widget=forms.HiddenInput)


class TokenForm(forms.Form):
    """A new token for programs."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    purposes = forms.MultipleChoiceField(label=_("Purposes"), widget=forms.CheckboxSelectMultiple)
    days = forms.ChoiceField(label=_("Works for"), choices=LIVES, initial="90")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, str(PURPOSES[code].title)) for code in PURPOSES if code in actor.purposes]
        self.fields["purposes"].choices = choices  # type: ignore[attr-defined]

    @property
    def life(self) -> timedelta:
        """Return how long the token shall work."""
        return timedelta(days=int(self.cleaned_data["days"]))
