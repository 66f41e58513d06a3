"""How a project stands: derived from its money, the board's decisions and its dates, and never typed in."""

from __future__ import annotations

#: What the standing needs of a project's statements, counted over `standing.kind`.
COUNTS = """
    COUNT(*) FILTER (WHERE standing.kind IN ('granted', 'paid', 'spent')) AS given,
    COUNT(*) FILTER (WHERE standing.kind IN ('proposed', 'reserved')) AS suggested,
    COUNT(*) FILTER (WHERE standing.kind = 'requested') AS sought
"""

#: What the board has decided on each project.
DECIDED = """
    SELECT project,
           COUNT(*) FILTER (WHERE outcome = 'granted') AS granted,
           COUNT(*) FILTER (WHERE outcome = 'rejected') AS rejected
    FROM decision
    WHERE kind = 'decision'
    GROUP BY project
"""

# 2014 ends with 2014-12-31 and 2014-10 with 2014-10-31: texts compare as dates once they are filled out.
_ENDED = "project.ends || SUBSTR('9999-12-31', LENGTH(project.ends) + 1) < $today"
# A project without a known end is not said to be running: a pilot study of 2013 hardly is.
_RUNS = """
    project.ends IS NOT NULL AND project.starts || SUBSTR('9999-01-01', LENGTH(project.starts) + 1) <= $today
"""

#: A key of STANDINGS, from `project`, `money` (COUNTS) and `decided` (DECIDED) on the day ``$today`` (ISO).
CASE = f"""
    CASE
        WHEN money.given > 0 OR decided.granted > 0 THEN
            CASE WHEN {_ENDED} THEN 'finished' WHEN {_RUNS} THEN 'running' ELSE 'granted' END
        WHEN decided.rejected > 0 THEN 'rejected'
        WHEN money.suggested > 0 THEN 'proposed'
        WHEN money.sought > 0 THEN 'applied'
        WHEN {_ENDED} THEN 'finished'
        WHEN {_RUNS} THEN 'running'
        ELSE 'unknown'
    END
"""

#: The standings in which a project that ends, ends for real: it has been decided, or it runs.
REAL = ("granted", "running", "finished")
