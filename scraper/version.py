"""The version of fonds, as the user agent and every crawl say it."""

VERSION = "0.1.0"
