"""Markup that many sites share: one module per site builder or publishing system."""
