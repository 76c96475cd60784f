"""
Pictures of what the graph says.

    governance of an area, its history, a map, a question's answer  ->  SVG, and what it says in words

Drawn on the server, without script or style in them: colours are attributes for a picture that stands alone, and
classes by which a page's style sheet gives it those of the page.
"""

from lsp_graph.pictures.governance import FORMS, Governance, Line, Thing, Told, governance

__all__ = ["FORMS", "Governance", "Line", "Thing", "Told", "governance"]
