"""The parsers in a process of their own, which a hostile page may cost its life and nothing else.

`parse`, `judge_page` and `claims` are those of `parsers`, in one process that is started when it is first needed and
serves all of this one.
"""

from .worker import WORKER, Worker

__all__ = ["WORKER", "Worker", "claims", "judge_page", "parse"]

parse, judge_page, claims = WORKER.parse, WORKER.judge_page, WORKER.claims
