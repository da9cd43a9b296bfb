"""The API of customer records, imports and exports."""

from guiju.records.api import customers, exports, imports, past, router, rules, ties

ROUTERS = (router.customers, router.imports, router.exports, router.rules)

__all__ = ["ROUTERS", "customers", "exports", "imports", "past", "router", "rules", "ties"]
