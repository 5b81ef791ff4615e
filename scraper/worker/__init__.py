"""The parsers in a process of their own, which a hostile page may cost its life and nothing else.

`parse` is `parsers.parse`, in one process that is started when it is first needed and serves all of this one.
"""

from .worker import WORKER, Worker

__all__ = ["WORKER", "Worker", "parse"]

parse = WORKER.parse
