"""Pages of access: entrance, account, second factors, people, units, roles and purposes."""
