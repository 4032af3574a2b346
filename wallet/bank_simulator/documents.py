"""XML documents that the simulated bank writes."""

from __future__ import annotations

from lxml import etree


def document(space: str) -> etree._Element:
    """Return the root of a document of a namespace."""
    return etree.Element(f"{{{space}}}Document", nsmap={None: space})


def add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    """Add an element under another one, in its namespace."""
    space = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{space}}}{name}")
    if text:
        child.text = text
    return child


def written(root: etree._Element) -> bytes:
    """Return a document's bytes."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
