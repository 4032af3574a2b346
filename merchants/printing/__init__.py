"""Posters and stickers with a store's code: laid out once, drawn as PDF, SVG and PNG."""
