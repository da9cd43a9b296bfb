"""How programs are recognised: the secret of a token becomes an actor."""

from datetime import datetime

from guiju.access import actions, queries
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit import clock


def authenticate(raw: str, *, at: datetime | None = None) -> Actor | None:
    """Return the actor for a token's secret, or None where it does not open anything now.

    Use is noted at most once an hour.
    """
    at = at or clock.now()
    token = queries.live_token(raw=raw, at=at)
    if token is None:
        return None
    unused = token.used_at is None or at - token.used_at > actions.TOKEN_TOUCH
    if unused and token.actor.may(Permission.ACCOUNT_OWN):
        actions.mark_token_used(token=token.id, by=token.actor, at=at)
    return token.actor
