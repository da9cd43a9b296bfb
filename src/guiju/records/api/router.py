"""The router that the operations of records are registered at."""

from ninja import Router

customers = Router(tags=["customers"])
imports = Router(tags=["imports"])
exports = Router(tags=["exports"])
rules = Router(tags=["rules"])
