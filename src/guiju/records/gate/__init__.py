"""The import gate: nothing enters without purpose, basis, source and a check."""
