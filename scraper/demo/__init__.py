"""A small publisher to try fonds on: an invented organisation, its reports on invented countries, served for real."""

from .editions import Edit, Edition, editions
from .publisher import Publisher
from .report import ORGANISATION

__all__ = ["ORGANISATION", "Edit", "Edition", "Publisher", "editions"]
