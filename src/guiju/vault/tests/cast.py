"""The people, moments and values the vault's tests share."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from guiju.access import actors

NOON: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER: Final = NOON + timedelta(hours=2)

LI_NA: Final = UUID("01938a00-0000-7000-8000-00000000000a")
ANA: Final = UUID("01938a00-0000-7000-8000-00000000000b")

OPERATOR: Final = actors.operator("root")
HOUSEKEEPING: Final = actors.system("sweep")
