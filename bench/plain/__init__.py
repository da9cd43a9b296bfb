"""The ungoverned twin: the same records in ordinary Django tables and views, to measure against."""
