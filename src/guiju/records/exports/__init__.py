"""The export gate: a list leaves only with a purpose, only the columns the policy allows, only on record."""
