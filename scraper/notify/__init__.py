"""Notify: changes as feeds, and as digests to webhooks, mailboxes and other services after a crawl."""

from .config import FILE, Mail, Notify, Relay, Target, Webhook, kind_of, load_notify
from .digest import Trouble, trial_payload
from .feed import Feed, Wanted, feed_of
from .outbox import Message, Outbox, Told, message_id
from .rounds import Sent, gather, post_one, prepare, send
from .writing import format_of, write_feed, write_feeds

__all__ = [
    "FILE",
    "Feed",
    "Mail",
    "Message",
    "Notify",
    "Outbox",
    "Relay",
    "Sent",
    "Target",
    "Told",
    "Trouble",
    "Wanted",
    "Webhook",
    "feed_of",
    "format_of",
    "gather",
    "kind_of",
    "load_notify",
    "message_id",
    "post_one",
    "prepare",
    "send",
    "trial_payload",
    "write_feed",
    "write_feeds",
]
