"""Addresses of access. The sign-in library looks its own pages up by the names without a prefix."""

from django.urls import URLPattern, URLResolver, include, path

from guiju.access.views import account, entrance, factors, people, reading

LIBRARY = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/passkey/", entrance.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/second-step/", entrance.second_step, name="mfa_authenticate"),
    path("sign-in/closed/", entrance.closed, name="account_inactive"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("account/password/", factors.change_password, name="account_change_password"),
    path("account/password/first/", factors.set_password, name="account_set_password"),
    path("account/confirm/", factors.confirm_password, name="account_reauthenticate"),
    path("account/confirm/code/", factors.confirm_code, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", factors.confirm_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/second-factor/", factors.overview, name="mfa_index"),
    path("account/second-factor/app/add/", factors.add_app, name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", factors.remove_app, name="mfa_deactivate_totp"),
    path("account/second-factor/passkeys/", factors.overview, name="mfa_list_webauthn"),
    path("account/second-factor/passkeys/add/", factors.add_passkey, name="mfa_add_webauthn"),
    path("account/second-factor/passkeys/<int:pk>/rename/", factors.rename_passkey, name="mfa_edit_webauthn"),
    path("account/second-factor/passkeys/<int:pk>/remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path("account/second-factor/codes/", factors.codes, name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", factors.new_codes, name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes/download/", factors.download_codes, name="mfa_download_recovery_codes"),
]

OURS = [
    path("sign-in/link/", entrance.use_link, name="use_link"),
    path("language/", entrance.choose_language, name="language"),
    path("purpose/", entrance.choose_purpose, name="purpose"),
    path("account/", account.account, name="account"),
    path("account/sessions/<int:session_id>/end/", account.end_session, name="end_own_session"),
    path("account/tokens/add/", account.add_token, name="add_own_token"),
    path("account/tokens/<uuid:token_id>/revoke/", account.revoke_token, name="revoke_own_token"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add_person, name="add_person"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/grant/", people.grant, name="grant"),
    path("people/<uuid:person_id>/active/", people.set_active, name="set_active"),
    path("people/<uuid:person_id>/link/", people.new_link, name="new_link"),
    path("people/<uuid:person_id>/second-factor/remove/", people.remove_factors, name="remove_factors"),
    path("people/<uuid:person_id>/tokens/add/", people.add_token, name="add_token"),
    path("people/grants/<uuid:grant_id>/revoke/", people.revoke, name="revoke"),
    path("people/proposals/<uuid:proposal_id>/approve/", people.approve, name="approve"),
    path("people/proposals/<uuid:proposal_id>/decline/", people.decline, name="decline"),
    path("people/sessions/<int:session_id>/end/", people.end_session, name="end_session"),
    path("people/tokens/<uuid:token_id>/revoke/", people.revoke_token, name="revoke_token"),
    path("units/", reading.units, name="units"),
    path("units/add/", reading.add_unit, name="add_unit"),
    path("roles/", reading.roles, name="roles"),
    path("purposes/", reading.purposes_and_bases, name="purposes"),
]

urlpatterns: list[URLPattern | URLResolver] = [*LIBRARY, path("", include((OURS, "access")))]
