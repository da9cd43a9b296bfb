"""The API of customer records, imports and exports."""

from guiju.records.api import customers, past, rules, ties
from guiju.records.api.router import router as customers_router
from guiju.records.api.router import rules as rules_router

ROUTERS = (customers_router, rules_router)

__all__ = ["ROUTERS", "customers", "past", "rules", "ties"]
