"""The leaf of an entry: one line of JSON with a fixed order of keys, made of every column by the database."""

_TEXT = """'{{"v":1,"id":' || {e}id || ',"tx":' || {e}tx
    || ',"at":"' || to_char({e}at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","kind":"' || {e}kind || '","actor":"' || {e}actor
    || '","subjects":[' || CASE WHEN {e}subjects = '{{}}' THEN ''
        ELSE '"' || array_to_string({e}subjects, '","') || '"' END
    || '],"purpose":"' || {e}purpose || '","outcome":"' || {e}outcome
    || '","payload":' || {e}payload || '}}'"""


def sql(table: str = "") -> str:
    """Return the SQL expression of the leaf's text over the columns of ``table``.

    The columns need no escaping: check constraints hold codes to letters, digits and a few signs, and the payload to
    one line of JSON.
    """
    return _TEXT.format(e=f"{table}." if table else "")
